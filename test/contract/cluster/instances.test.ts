// Instances in a cluster: where the program says, with media that are there too, and told when a member cannot have them.
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { describeEachDaemon, type TestDaemon, writeTinyIso } from "../harness";
import { StackResource } from "../harness/stack";

type Args = Record<string, unknown>;
interface Member {
  server_name: string;
  status: string;
}

describeEachDaemon({ name: "instances in a cluster", on: ["incus-cluster"] }, (daemon: TestDaemon) => {
  const slow = { timeoutMs: 90_000 };
  const group = daemon.name("group");
  const file = join(tmpdir(), `${daemon.prefix}cluster.iso`);
  const made: StackResource[] = [];
  let [first, second, last] = ["", "", ""];
  let count = 0;

  const resource = (kindName: "IsoVolume" | "Instance"): StackResource => {
    const one = new StackResource(kindName, daemon.name(`${kindName.toLowerCase()}${++count}`), daemon.socket);
    made.push(one);
    return one;
  };
  const machine = (more: Args = {}): Args => ({
    ...{ type: "virtual-machine", running: false, profiles: [], rootDisk: { pool: "default", size: "8MiB" } },
    ...more,
  });
  const members = async (): Promise<Member[]> =>
    (await daemon.raw.get("/1.0/cluster/members?recursion=1")).body.metadata as Member[];
  const change = async (action: "evacuate" | "restore", member: string): Promise<void> => {
    const { ok, error } = await daemon.settle(daemon.raw.post(`/1.0/cluster/members/${member}/state`, { action }));
    expect(ok, error).toBe(true);
  };
  const locationOf = async (name: string): Promise<unknown> =>
    ((await daemon.raw.get(`/1.0/instances/${name}`)).body.metadata as { location: string }).location;
  const told = async (one: StackResource, args: Args): Promise<string> =>
    (await one.failures(args)).map(({ property, reason }) => `${property}: ${reason}`).join("\n");
  const volumeOn = async (target: string): Promise<Args> => {
    const volume = resource("IsoVolume");
    await volume.up({ pool: "default", target, source: { file } });
    return { pool: "default", name: volume.outputs["name"] };
  };

  beforeAll(async () => {
    for (const { server_name: name, status } of await members())
      if (status === "Evacuated") await change("restore", name);
    [first = "", second = "", last = ""] = (await members()).map(({ server_name: name }) => name).sort();
    expect(last).not.toBe("");
    await daemon.raw.post("/1.0/cluster/groups", { name: group, members: [] });
    const { body } = await daemon.raw.get(`/1.0/cluster/members/${second}`);
    const { groups, ...settings } = body.metadata as { groups: string[]; config: object; roles: string[] };
    await daemon.raw.put(`/1.0/cluster/members/${second}`, { ...settings, groups: [...groups, group] });
    await writeTinyIso(file, { marker: daemon.prefix });
  });
  afterEach(async () => {
    for (const one of made.splice(0).reverse()) await one.destroy();
  });
  afterAll(async () => {
    const { body } = await daemon.raw.get(`/1.0/cluster/members/${second}`);
    const { groups, ...settings } = body.metadata as { groups: string[] };
    await daemon.raw.put(`/1.0/cluster/members/${second}`, {
      ...settings,
      groups: groups.filter((name) => name !== group),
    });
    await daemon.raw.delete(`/1.0/cluster/groups/${group}`);
    await rm(file);
  });

  daemon.test(
    "are made on the member that is named, with a medium that is there, and moved to another",
    slow,
    async () => {
      const vm = resource("Instance");
      const cdroms = [{ volume: await volumeOn(second) }];
      expect(await vm.up(machine({ target: second, cdroms }))).toBe("created");
      expect(await locationOf(vm.name)).toBe(second);
      expect(await vm.refresh()).toBe(true);
      expect(await vm.up(machine({ target: second, cdroms }))).toBe("same");
      expect(await told(vm, machine({ target: first, cdroms }))).toContain("cdroms[0].volume: the volume");
      expect(await vm.up(machine({ target: first }))).toBe("updated");
      expect(await locationOf(vm.name)).toBe(first);
    },
  );

  daemon.test("meant for a group are made on a member of it, and stay there", slow, async () => {
    const vm = resource("Instance");
    const args = machine({ target: `@${group}` });
    expect(await vm.up(args)).toBe("created");
    expect(await locationOf(vm.name)).toBe(second);
    expect(await vm.up(args)).toBe("same");
    expect(await told(resource("Instance"), machine({ target: "@nobody" }))).toContain(
      'there is no cluster group "nobody"',
    );
  });

  daemon.test("cannot have a medium of another member, which the preview names", slow, async () => {
    const volume = await volumeOn(last);
    for (const target of [first, `@${group}`]) {
      const text = await told(resource("Instance"), machine({ target, cdroms: [{ volume }] }));
      expect(text).toContain(
        `cdroms[0].volume: the volume default/${String(volume["name"])} is on the cluster member ${last} alone, and the machine is meant for ${target}`,
      );
    }
  });

  daemon.test("are told of a member that is not there, and which was meant", slow, async () => {
    const text = await told(resource("Instance"), machine({ target: `${second}x` }));
    expect(text).toMatch(new RegExp(`target: there is no cluster member "${second}x".*members are: .*${first}`));
    const medium = { pool: "default", target: `@${group}`, source: { file } };
    expect(await told(resource("IsoVolume"), medium)).toContain(
      "target: a volume is on one cluster member; name one of:",
    );
  });

  daemon.test("are not made on an evacuated member, which takes volumes and gets its own back", slow, async () => {
    const vm = resource("Instance");
    const named = machine({ target: last });
    await vm.up(named);
    await change("evacuate", last);
    try {
      expect(await locationOf(vm.name)).not.toBe(last);
      expect(await vm.refresh()).toBe(true);
      expect(await vm.up(named)).toBe("same");
      expect(await vm.up({ ...named, description: "changed meanwhile" })).toBe("updated");
      expect(await locationOf(vm.name)).not.toBe(last);
      const text = await told(resource("Instance"), machine({ target: last }));
      expect(text).toContain(`target: the cluster member "${last}" is evacuated (Unavailable due to maintenance)`);
      expect(text).toContain(`incus cluster restore ${last}`);
      expect(text).not.toContain(`${last}, `);
      const { name } = await volumeOn(last);
      const path = `/1.0/storage-pools/default/volumes/custom/${String(name)}?target=${last}`;
      expect((await daemon.raw.get(path)).body.metadata).toMatchObject({ location: last });
    } finally {
      await change("restore", last);
    }
    expect(await locationOf(vm.name)).toBe(last);
    expect(await vm.refresh()).toBe(true);
    expect(await vm.up({ ...named, description: "changed meanwhile" })).toBe("same");
  });
});
