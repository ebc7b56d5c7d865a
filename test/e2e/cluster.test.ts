// A program on a cluster whose pools are local to members: a medium and its machine on one of them, a container on another.
import { afterAll, beforeAll, expect } from "vitest";
import { at, describeEachDaemon, type TestDaemon, tinyImage, tinyIso } from "../contract/harness";
import { errorsOf, IsoStack, stepsOf, succeed } from "./iso-volume/stack";

describeEachDaemon({ name: "A program on a cluster", on: ["incus-cluster"] }, (daemon: TestDaemon) => {
  const needs = { needs: ["custom_volume_iso"], timeoutMs: 90_000 };
  const [vm, web] = [daemon.name("vm"), daemon.name("web")];
  let stack: IsoStack;
  let members: string[] = [];

  const body = (machine: string, container: string): string => `
    const medium = new lxd.IsoVolume("${daemon.name("cd")}", {
      pool: "default", target: "${members[1] ?? ""}", source: { file: "medium.iso" },
    });
    new lxd.Instance("${vm}", {
      type: "virtual-machine", target: "${machine}", running: false, profiles: [],
      rootDisk: { pool: "default", size: "16MiB" }, cdroms: [{ volume: medium }],
    });
    const image = new lxd.Image("${daemon.name("image")}", { source: { file: "image.tar.gz" } });
    new lxd.Instance("${web}", {
      target: "${container}", profiles: [], source: { image: image.fingerprint }, rootDisk: { pool: "default" },
      running: false,
    });
  `;
  const locationOf = async (name: string): Promise<unknown> =>
    at((await daemon.raw.get(`/1.0/instances/${name}`)).body, "metadata", "location");

  beforeAll(async () => {
    const { body: listed } = await daemon.raw.get("/1.0/cluster/members");
    // Machines keep off the last one: another suite evacuates it.
    members = (listed.metadata as string[]).map((url) => url.split("/").at(-1) ?? "").sort();
    expect(members.length).toBeGreaterThan(2);
    stack = await IsoStack.create(daemon, body(members[1] ?? "", members[0] ?? ""));
    await stack.write("medium.iso", tinyIso({ marker: daemon.prefix }));
    await stack.write("image.tar.gz", tinyImage({ properties: { description: daemon.prefix } }));
  });
  afterAll(() => stack.dispose());

  daemon.test("is on the members that it names, and stays there", needs, async () => {
    await succeed(stack.project.up());
    expect(await locationOf(vm)).toBe(members[1]);
    expect(await locationOf(web)).toBe(members[0]);
    expect(await stack.volumes()).toMatchObject([{ location: members[1], content_type: "iso" }]);
    await succeed(stack.project.up({ expectNoChanges: true }));
    await succeed(stack.project.refresh({ expectNoChanges: true }));
  });

  daemon.test("is told in the preview where a medium is that the machine's new member has not", needs, async () => {
    await stack.setBody(body(members[0] ?? "", members[0] ?? ""));
    const preview = await stack.project.preview();
    expect(preview.code).not.toBe(0);
    expect(errorsOf(preview)).toContain(`is on the cluster member ${members[1] ?? ""} alone`);
    expect(await locationOf(vm)).toBe(members[1]);
  });

  daemon.test("moves a machine in place, and goes with all that it made", needs, async () => {
    await stack.setBody(body(members[1] ?? "", members[1] ?? ""));
    expect(stepsOf(await succeed(stack.project.up()))).toEqual([`update ${web}`]);
    expect(await locationOf(web)).toBe(members[1]);
    await succeed(stack.project.destroy());
    expect([await locationOf(vm), await locationOf(web)]).toEqual([undefined, undefined]);
    expect(await stack.volumes()).toEqual([]);
  });
});
