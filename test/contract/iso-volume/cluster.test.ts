// ISO volumes in a cluster whose pools are local to members: where they are made, found, read and deleted.
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import { at, describeEachDaemon, type TestDaemon, textAt, writeTinyIso } from "../harness";
import { StackResource } from "../harness/stack";

describeEachDaemon({ name: "ISO volumes in a cluster", on: ["incus-cluster"] }, (daemon: TestDaemon) => {
  const iso = { needs: ["custom_volume_iso"], timeoutMs: 60_000 };
  let members: string[] = [];
  let count = 0;
  let file = "";
  let volume: StackResource;
  const made: StackResource[] = [];

  const resource = (kindName: "IsoVolume" | "Instance", name: string): StackResource => {
    const one = new StackResource(kindName, daemon.name(name), daemon.socket);
    made.push(one);
    return one;
  };
  /** As the daemon has it on that member; undefined where it has none. */
  const on = async (member: string | undefined, name: unknown): Promise<unknown> => {
    const path = `/1.0/storage-pools/default/volumes/custom/${String(name)}?target=${member ?? ""}`;
    const { status, body } = await daemon.raw.get(path);
    return status === 404 ? undefined : body.metadata;
  };
  const args = (more: object = {}): Record<string, unknown> => ({ pool: "default", source: { file }, ...more });

  beforeAll(async () => {
    const { body } = await daemon.raw.get("/1.0/cluster/members");
    members = (body.metadata as string[]).map((url) => url.split("/").at(-1) ?? "").sort();
    expect(members.length).toBeGreaterThan(1);
  });
  beforeEach(async () => {
    volume = resource("IsoVolume", `v${++count}`);
    file = await writeTinyIso(join(tmpdir(), `${daemon.name(String(count))}.iso`), {
      marker: `${daemon.prefix}${count}`,
    });
  });
  // The clean-up of the harness knows nothing of members.
  afterAll(async () => {
    for (const each of made.reverse()) await each.destroy();
    for (let i = 1; i <= count; i++) await rm(join(tmpdir(), `${daemon.name(String(i))}.iso`));
  });

  daemon.test("are made on the member that is named, read there, and deleted there", iso, async () => {
    const [, target] = members;
    expect(await volume.up(args({ target }))).toBe("created");
    const { name } = volume.outputs;
    expect(volume.outputs["location"]).toBe(target);
    expect(await on(target, name)).toMatchObject({ location: target, content_type: "iso" });
    expect(await on(members[0], name)).toBeUndefined();
    expect(await volume.refresh()).toBe(true);
    expect(await volume.up(args({ target }))).toBe("same");
    expect(await volume.up(args({ target, description: "changed" }))).toBe("updated");
    expect(await on(target, name)).toMatchObject({ description: "changed" });
    await volume.destroy();
    expect(await on(target, name)).toBeUndefined();
  });

  daemon.test("without a member are where the server puts them, and stay there", iso, async () => {
    await volume.up(args());
    const location = String(volume.outputs["location"]);
    expect(members).toContain(location);
    expect(await on(location, volume.outputs["name"])).toBeDefined();
    expect(await volume.up(args({ target: location }))).toBe("same");
    expect(await volume.up(args())).toBe("same");
  });

  daemon.test("move to another member by replacement", iso, async () => {
    const [first, second] = members;
    await volume.up(args({ target: first }));
    const old = volume.outputs["name"];
    expect((await volume.preview(args({ target: second }))).replaces).toContain("target");
    expect(await volume.up(args({ target: second }))).toBe("replaced");
    expect(await on(second, volume.outputs["name"])).toBeDefined();
    expect(await on(first, old)).toBeUndefined();
  });

  daemon.test("of one name on two members are two volumes", iso, async () => {
    const [first, second] = members;
    const name = daemon.name("same");
    const other = resource("IsoVolume", "other");
    await volume.up(args({ name, target: first }));
    await other.up(args({ name, target: second }));
    expect(await on(first, name)).toMatchObject({ location: first });
    expect(await on(second, name)).toMatchObject({ location: second });
    for (const [each, target] of [
      [volume, first],
      [other, second],
    ] as const) {
      expect(await each.refresh()).toBe(true);
      expect(await each.up(args({ name, target }))).toBe("same");
    }
    await other.destroy();
    expect(await on(second, name)).toBeUndefined();
    expect(await on(first, name)).toBeDefined();
  });

  daemon.test("a member that is not there is told in the preview", iso, async () => {
    const failures = await volume.failures(args({ target: "nowhere" }));
    expect(failures).toMatchObject([{ property: "target" }]);
    expect(failures[0]?.reason).toContain(members.join(", "));
  });

  daemon.test("a machine on another member cannot have it, and is told why", iso, async () => {
    const [, target = ""] = members;
    await volume.up(args({ target }));
    const config = async (scheduler: string): Promise<void> => {
      const path = `/1.0/cluster/members/${target}`;
      const { body } = await daemon.raw.get(path);
      const { roles, failure_domain, description, groups, config: old } = body.metadata as Record<string, unknown>;
      const changed = { ...(old as object), "scheduler.instance": scheduler };
      const { ok, error } = await daemon.settle(
        daemon.raw.put(path, { roles, failure_domain, description, groups, config: changed }),
      );
      expect(ok, error).toBe(true);
    };
    // No machine gets to the volume's member by itself.
    await config("manual");
    try {
      const vm = resource("Instance", "vm");
      const name = textAt(volume.outputs, "name");
      const machine = { type: "virtual-machine", running: false, profiles: [], rootDisk: { pool: "default" } };
      const cdroms = [{ volume: { pool: "default", name } }];
      await expect(vm.up({ ...machine, cdroms })).rejects.toThrow(new RegExp(`${name}[^]*member ${target}`));
      expect(at((await daemon.raw.get(`/1.0/instances/${vm.name}`)).body, "error_code")).toBe(404);
    } finally {
      await config("all");
    }
  });
});
