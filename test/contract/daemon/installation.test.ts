// A blank machine boots an installer's ISO, which powers it off: seen from its first start to its last trace.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";

import { makeBootableIso, missingIsoTools } from "../../e2e/harness/iso";
import {
  cd,
  changeInstance,
  CUSTOM,
  describeEachDaemon,
  importIso,
  makeInstance,
  objectAt,
  ROOT,
  setState,
  type TestDaemon,
  unsigned,
} from "../harness";

const OPTIONS = { needs: ["custom_volume_iso"], missing: missingIsoTools, timeoutMs: 240_000 };

async function bootableIso(text: string): Promise<Buffer> {
  const dir = await mkdtemp(join(tmpdir(), "pulumi-lxd-boot-"));
  try {
    return await readFile(await makeBootableIso(dir, { text }));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Reads the serial log until the machine is off: afterwards the daemons have only what was read before. */
async function lastLog(daemon: TestDaemon, path: string): Promise<string> {
  let log = "";
  for (;;) {
    const { status, bytes } = await daemon.raw.get(`${path}/console`);
    // While the machine goes off, the answer may be that it is busy.
    if (status === 200 && bytes.length > 0) log = bytes.toString();
    if ((await objectAt(daemon, path))["status"] === "Stopped") return log;
    await sleep(100);
  }
}

describeEachDaemon("installation from an ISO", (daemon) => {
  daemon.test("ends in a machine that has powered itself off", OPTIONS, async () => {
    expect(await importIso(daemon, "installer", await bootableIso("hello"))).toMatchObject({ ok: true });
    const path = await makeInstance(daemon, "machine", {
      config: { ...unsigned(daemon), "limits.memory": "256MiB" },
      devices: { root: ROOT, cd: cd(daemon, "installer", { "boot.priority": "10" }) },
    });
    expect(await setState(daemon, path, { action: "start" })).toMatchObject({ ok: true });
    expect(await objectAt(daemon, path)).toMatchObject({ status: "Running" });
    expect((await daemon.raw.delete(path)).status).toBe(400);
    const log = await lastLog(daemon, path);
    const off = await objectAt(daemon, path);
    expect(off).toMatchObject({ status: "Stopped" });
    expect(off["config"]).toMatchObject({ "volatile.last_state.power": "STOPPED" });
    if (daemon.product === "incus") {
      expect(log).toContain("BdsDxe");
      // What was read while it ran is all that is left.
      expect((await daemon.raw.get(`${path}/console`)).bytes.toString()).toBe(log);
    }
    expect(await changeInstance(daemon, path, { devices: { root: ROOT } })).toMatchObject({ ok: true });
    expect(await daemon.settle(daemon.raw.delete(`${CUSTOM}/${daemon.name("installer")}`))).toMatchObject({ ok: true });
    expect(await daemon.settle(daemon.raw.delete(path))).toMatchObject({ ok: true });
    expect((await daemon.raw.get(path)).status).toBe(404);
  });
});
