// One program on two servers at once: an LXD that has no ISO volumes, and an Incus that has them.
import { afterAll, beforeAll, expect } from "vitest";
import { describeEachDaemon, RawClient, type TestDaemon, tinyImage, tinyIso } from "../contract/harness";
import { errorsOf, IsoStack, stepsOf, succeed } from "./iso-volume/stack";

describeEachDaemon({ name: "A program on two servers", on: ["incus"] }, (daemon: TestDaemon) => {
  const socket = process.env["LXD_SOCKET"] ?? "";
  const noLxd = (): string | undefined => (socket === "" ? "set LXD_SOCKET to a real daemon's socket" : undefined);
  const needs = { needs: ["custom_volume_iso"], missing: noLxd, timeoutMs: 90_000 };
  const [web, vm, cd] = [daemon.name("web"), daemon.name("vm"), daemon.name("cd")];
  let stack: IsoStack;
  const lxd = new RawClient(() => socket);

  const body = (more = ""): string => `
    const far = new lxd.Remote("far", { socket: ${JSON.stringify(socket)} });
    const image = new lxd.Image("${daemon.name("image")}", { remote: far, source: { file: "image.tar.gz" } });
    new lxd.Instance("${web}", {
      remote: far, profiles: [], source: { image: image.fingerprint }, rootDisk: { pool: "default" },
      waitFor: [{ condition: "exec", command: ["/bin/busybox", "true"], timeout: "20s" }],
    });
    const medium = new lxd.IsoVolume("${cd}", { pool: "default", source: { file: "medium.iso" } });
    new lxd.Instance("${vm}", {
      type: "virtual-machine", running: false, profiles: [], rootDisk: { pool: "default", size: "16MiB" },
      cdroms: [{ volume: medium }], description: "from " + process.env.WHO,
    });
    ${more}
  `;
  const machine = async (raw: RawClient, name: string): Promise<unknown> =>
    (await raw.get(`/1.0/instances/${name}`)).body.metadata ?? undefined;

  beforeAll(async () => {
    if (noLxd() !== undefined) return;
    stack = await IsoStack.create(daemon, body(), { WHO: "me" });
    await stack.write("image.tar.gz", tinyImage({ properties: { description: daemon.prefix } }));
    await stack.write("medium.iso", tinyIso({ marker: daemon.prefix }));
  });
  afterAll(async () => {
    if (noLxd() === undefined) await stack.dispose();
  });

  daemon.test("has on each of them what is meant for it, and nothing of the other's", needs, async () => {
    await succeed(stack.project.up());
    expect(await machine(lxd, web)).toMatchObject({ status: "Running", type: "container" });
    expect(await machine(daemon.raw, vm)).toMatchObject({ status: "Stopped", description: "from me" });
    expect([await machine(lxd, vm), await machine(daemon.raw, web)]).toEqual([undefined, undefined]);
    expect(await stack.volumes()).toHaveLength(1);
    await succeed(stack.project.up({ expectNoChanges: true }));
  });

  daemon.test("is told in the preview which of the servers lacks a feature", needs, async () => {
    const wrong = 'new lxd.IsoVolume("wrong", { remote: far, pool: "default", source: { file: "medium.iso" } });';
    await stack.setBody(body(wrong));
    const preview = await stack.project.preview();
    expect(preview.code).not.toBe(0);
    expect(errorsOf(preview)).toMatch(/LXD 5\.0\.\d+ has no ISO volumes.*\[unsupported\]/);
    await stack.setBody(body());
  });

  daemon.test("changes one and leaves the other alone, and clears both", needs, async () => {
    const changed = stack.project.up({ env: { WHO: "you" } });
    expect(stepsOf(await succeed(changed))).toEqual([`update ${vm}`]);
    await succeed(stack.project.destroy());
    expect([await machine(lxd, web), await machine(daemon.raw, vm)]).toEqual([undefined, undefined]);
    expect(await stack.volumes()).toEqual([]);
  });
});
