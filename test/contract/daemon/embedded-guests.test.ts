// Simulated guests: they do as their ISO says.
import { describe, expect, it } from "vitest";

import { BOOT_MS, clientOf, startMachine, statusOf, useEmbedded, watch } from "../harness/embedded";
import { settle } from "../harness/operation";

const embedded = useEmbedded();

describe("embedded guests", () => {
  it("installs from a bootable ISO and powers itself off", async () => {
    const raw = clientOf(await embedded.start());
    const path = await startMachine(raw, { bootable: true });
    expect(await watch(raw, path, BOOT_MS * 3)).toEqual(["Running", "Stopped"]);
  });

  it("stays on with the installed system when the ISO is gone", async () => {
    const raw = clientOf(await embedded.start());
    const path = await startMachine(raw, { bootable: true });
    await expect.poll(() => statusOf(raw, path)).toBe("Stopped");
    const { body } = await raw.get(path);
    const { config, devices } = body.metadata as { config: object; devices: Record<string, object> };
    await settle(raw, await raw.put(path, { config, devices: { root: devices["root"] }, profiles: [] }));
    await settle(raw, await raw.put(`${path}/state`, { action: "start" }));
    expect(await watch(raw, path, BOOT_MS * 3)).toEqual(["Running"]);
    const shutdown = await settle(raw, await raw.put(`${path}/state`, { action: "stop", timeout: 5 }));
    expect(shutdown).toMatchObject({ ok: true });
  });

  it("does not boot an ISO that has no boot record", async () => {
    const raw = clientOf(await embedded.start());
    const path = await startMachine(raw, { bootable: false });
    expect(await watch(raw, path, BOOT_MS * 3)).toEqual(["Running"]);
  });

  it("reboots once when the ISO says so", async () => {
    const raw = clientOf(await embedded.start());
    const path = await startMachine(raw, { bootable: true, marker: "pulumi-lxd: reboot" });
    expect(await watch(raw, path, BOOT_MS * 5)).toEqual(["Running", "Stopped", "Running", "Stopped"]);
  });

  it.each([
    ["hang", "installer: waiting"],
    ["panic", "Kernel panic"],
  ])("does not end with the marker %s, and says so on its console", async (word, text) => {
    const raw = clientOf(await embedded.start());
    const path = await startMachine(raw, { bootable: true, marker: `pulumi-lxd: ${word}` });
    expect(await watch(raw, path, BOOT_MS * 3)).toEqual(["Running"]);
    expect((await raw.get(`${path}/console`)).bytes.toString()).toContain(text);
  });
});
