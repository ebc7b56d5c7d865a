// Connections that are lost in the middle: what was waited for is found again, and what was sent is never sent twice.
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { at, describeEachDaemon, type TestDaemon, writeTinyIso } from "../harness";
import { FlakySocket } from "../harness/flaky-socket";
import { StackResource } from "../harness/stack";

describeEachDaemon("a connection that is lost", (daemon: TestDaemon) => {
  const args = { type: "virtual-machine", running: false, profiles: [], rootDisk: { pool: "default", size: "8MiB" } };
  let flaky: FlakySocket;
  const file = join(tmpdir(), `${daemon.prefix}lost.iso`);
  const sent = (method: string): string[] => flaky.lines.filter((line) => line.startsWith(method));
  const noMachines = (): string | undefined =>
    daemon.has("virtual-machines") ? undefined : `${daemon.kind} has no virtual machines`;

  beforeAll(async () => {
    flaky = new FlakySocket(daemon.socket);
    await flaky.start();
    await writeTinyIso(file, { marker: daemon.prefix });
  });
  afterAll(async () => {
    await flaky.stop();
    await rm(file);
  });

  daemon.test("while an operation is waited for changes nothing", { missing: noMachines }, async () => {
    const vm = new StackResource("Instance", daemon.name("vm"), flaky.socket);
    const cut = flaky.cutAt(/^GET \/1\.0\/operations\/[^/]+\/wait/);
    expect(await vm.up(args)).toBe("created");
    await cut;
    expect(sent("POST")).toHaveLength(1);
    expect((await daemon.raw.get(`/1.0/instances/${vm.name}`)).body.metadata).toMatchObject({ status: "Stopped" });
    await vm.destroy();
  });

  daemon.test("while something is read changes nothing", { missing: noMachines }, async () => {
    const vm = new StackResource("Instance", daemon.name("vm2"), flaky.socket);
    await vm.up(args);
    const cut = flaky.cutAt(/^GET \/1\.0\/instances\//);
    expect(await vm.refresh()).toBe(true);
    await cut;
    await vm.destroy();
  });

  daemon.test("while a volume's import is answered: it is looked for", { needs: ["custom_volume_iso"] }, async () => {
    flaky.lines.length = 0;
    const volume = new StackResource("IsoVolume", daemon.name("cd"), flaky.socket);
    const wasCut = flaky.cutAt(/^POST /).then(() => true);
    // The body is in the daemon's hands or not: either it has made the volume, or the next run does.
    const first = await volume.up({ pool: "default", source: { file } }).catch(() => "failed");
    expect(await wasCut).toBe(true);
    expect(sent("POST")).toHaveLength(1);
    expect(["created", "failed"]).toContain(first);
    // A record without its bytes is in the state of a run that failed, and is made again.
    const again = (): Promise<string> => volume.up({ pool: "default", source: { file } });
    if (first === "failed") expect(["created", "updated"]).toContain(await again());
    const path = `/1.0/storage-pools/default/volumes/custom/${String(volume.outputs["name"])}`;
    expect(at((await daemon.raw.get(path)).body, "metadata", "content_type")).toBe("iso");
    await volume.destroy();
  });
});
