// The serial console of a virtual machine: what its log keeps, and what a client is told that connects later.
import { beforeAll, expect } from "vitest";

import { cd, describeEachDaemon, importIso, makeInstance, ROOT, setState, tinyIso, unsigned } from "../harness";
import { openTerminal } from "../harness/terminal";
import { grubIso } from "../instance/guests";

const options = { needs: ["custom_volume_iso"], timeoutMs: 120_000 };
/** GRUB that asks again and again; simulated media with this marker do the same. */
const asking = "while true; do echo Press any key to begin; sleep 1; done";

describeEachDaemon("the console of a virtual machine", (daemon) => {
  let path = "";
  const isSimulated = daemon.kind.startsWith("embedded");
  const log = async (): Promise<string> => (await daemon.raw.get(`${path}/console`)).bytes.toString();

  beforeAll(async () => {
    if (!daemon.has("custom_volume_iso")) return;
    await importIso(
      daemon,
      "asking",
      isSimulated ? tinyIso({ bootable: true, marker: "pulumi-lxd: key" }) : await grubIso(asking),
    );
    path = await makeInstance(daemon, "console", {
      config: { ...unsigned(daemon), "limits.memory": "256MiB" },
      devices: { root: ROOT, cd: cd(daemon, "asking", { "boot.priority": "10" }) },
    });
  });

  daemon.test("tells a client nothing of what was said before, which stays in the log", options, async () => {
    expect(await setState(daemon, path, { action: "start" })).toMatchObject({ ok: true });
    if (daemon.product === "incus") await expect.poll(log, { timeout: 60_000 }).toContain("Press any key");
    const before = await log();
    const terminal = await openTerminal(daemon, path);
    await expect.poll(() => terminal.text(), { timeout: 20_000 }).toContain("Press any key");
    expect(terminal.text()).not.toContain("BdsDxe");
    // What is said meanwhile is the client's alone, and the log cannot be read.
    if (daemon.product === "incus") expect(await log()).toBe("");
    await terminal.close();
    if (daemon.product === "incus") {
      expect(before).toContain("BdsDxe: starting");
      await expect.poll(log).toContain("BdsDxe: starting");
    }
  });

  daemon.test("is there when the machine is started again", options, async () => {
    expect(await setState(daemon, path, { action: "stop", force: true })).toMatchObject({ ok: true });
    expect(await setState(daemon, path, { action: "start" })).toMatchObject({ ok: true });
  });

  const missing = (): string | undefined =>
    daemon.product === "incus" ? undefined : "LXD keeps no log of a virtual machine's console";
  daemon.test("has begun its log anew then", { ...options, missing }, async () => {
    // A real firmware is not as far yet, so this would be from before.
    if (!isSimulated) expect(await log()).not.toContain("Press any key");
    await expect.poll(log, { timeout: 60_000 }).toContain("BdsDxe: starting");
    expect((await log()).match(/BdsDxe: starting/g)).toHaveLength(1);
  });
});
