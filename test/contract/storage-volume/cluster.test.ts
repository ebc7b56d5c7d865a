// Storage volumes in a cluster whose pools are local to members: made, filled, changed and deleted where they are meant.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { describeEachDaemon, type TestDaemon, writeTinyIso } from "../harness";
import { StackResource } from "../harness/stack";

type Args = Record<string, unknown>;

describeEachDaemon({ name: "storage volumes in a cluster", on: ["incus-cluster"] }, (daemon: TestDaemon) => {
  const slow = { timeoutMs: 60_000 };
  const custom = "/1.0/storage-pools/default/volumes/custom";
  const made: StackResource[] = [];
  let [first, second, third] = ["", "", ""];
  let [dir, count] = ["", 0];

  const resource = (kindName: "StorageVolume" | "IsoVolume" = "StorageVolume"): StackResource => {
    const one = new StackResource(kindName, daemon.name(`v${++count}`), daemon.socket);
    made.push(one);
    return one;
  };
  const args = (more: Args = {}): Args => ({ pool: "default", ...more });
  /** As the daemon has it on that member; undefined where it has none. */
  const on = async (member: string, name: unknown): Promise<unknown> => {
    const { status, body } = await daemon.raw.get(`${custom}/${String(name)}?target=${member}`);
    return status === 404 ? undefined : body.metadata;
  };
  const change = async (path: string, body: object): Promise<void> => {
    const outcome = await daemon.settle(daemon.raw.post(path, body));
    expect(outcome.ok, outcome.error).toBe(true);
  };

  beforeAll(async () => {
    const { body } = await daemon.raw.get("/1.0/cluster/members");
    const members = (body.metadata as string[]).map((url) => url.split("/").at(-1) ?? "").sort();
    [first = "", second = "", third = ""] = members;
    dir = await mkdtemp(join(tmpdir(), "cluster-volumes-"));
  });
  afterAll(async () => {
    for (const one of made.reverse()) await one.destroy();
    await rm(dir, { recursive: true });
  });

  daemon.test("are changed, renamed and deleted on the member that is named", slow, async () => {
    const volume = resource();
    expect(await volume.up(args({ target: second, size: "1MiB" }))).toBe("created");
    expect(volume.outputs["location"]).toBe(second);
    expect(await on(second, volume.name)).toMatchObject({ location: second, config: { size: "1MiB" } });
    expect(await on(first, volume.name)).toBeUndefined();
    expect(await volume.refresh()).toBe(true);
    expect(await volume.up(args({ target: second, size: "1MiB" }))).toBe("same");
    const name = daemon.name("renamed");
    expect(await volume.up(args({ target: second, size: "2MiB", name, description: "other" }))).toBe("updated");
    expect(await on(second, name)).toMatchObject({ description: "other", config: { size: "2MiB" } });
    expect(await volume.preview(args({ target: first, name }))).toMatchObject({ replaces: ["target"] });
    await volume.destroy();
    expect(await on(second, name)).toBeUndefined();
  });

  daemon.test("without a member stay where the server has put them, beside others of their name", slow, async () => {
    const [volume, other] = [resource(), resource()];
    await volume.up(args());
    const location = String(volume.outputs["location"]);
    expect([first, second, third]).toContain(location);
    const elsewhere = location === third ? first : third;
    await other.up(args({ target: elsewhere, name: volume.name }));
    expect(await volume.refresh()).toBe(true);
    expect(await volume.up(args({ target: location }))).toBe("same");
    expect(await volume.up(args({ description: "mine" }))).toBe("updated");
    expect(await on(location, volume.name)).toMatchObject({ description: "mine" });
    expect(await on(elsewhere, volume.name)).toMatchObject({ description: "" });
    await volume.destroy();
    expect([await on(location, volume.name), await on(elsewhere, volume.name)]).toMatchObject([undefined, {}]);
  });

  daemon.test("are copied from one member to another, of either kind", slow, async () => {
    const [original, copy] = [resource(), resource()];
    await original.up(args({ target: second, config: { "user.note": "original" } }));
    const source = { volume: { pool: "default", name: original.name } };
    await copy.up(args({ target: third, source }));
    expect(await on(third, copy.name)).toMatchObject({ location: third });
    expect(await on(second, copy.name)).toBeUndefined();

    const file = await writeTinyIso(join(dir, "a.iso"), { marker: daemon.prefix });
    const [medium, twin] = [resource("IsoVolume"), resource("IsoVolume")];
    await medium.up(args({ target: second, source: { file } }));
    const name = medium.outputs["name"];
    await twin.up(args({ target: third, name: daemon.name("twin"), source: { volume: { pool: "default", name } } }));
    expect(await on(third, daemon.name("twin"))).toMatchObject({ location: third, content_type: "iso" });
  });

  daemon.test("of a backup's file are made on the member that is named", slow, async () => {
    const [original, restored] = [resource(), resource()];
    await original.up(args({ target: second }));
    const backups = `${custom}/${original.name}/backups`;
    await change(`${backups}?target=${second}`, { name: "b", volume_only: true, compression_algorithm: "none" });
    const { bytes } = await daemon.raw.get(`${backups}/b/export?target=${second}`);
    const backup = join(dir, "b.tar");
    await writeFile(backup, bytes);
    await restored.up(args({ target: third, source: { backup } }));
    expect(await on(third, restored.name)).toMatchObject({ location: third, content_type: "filesystem" });
  });

  daemon.test("are told in the preview of a member that is not there", slow, async () => {
    const told = async (target: string): Promise<string> =>
      (await resource().failures(args({ target }))).map(({ property, reason }) => `${property}: ${reason}`).join("\n");
    expect(await told(`${second}x`)).toContain(`target: there is no cluster member "${second}x"`);
    expect(await told("@default")).toContain("target: a volume is on one cluster member; name one of:");
  });
});
