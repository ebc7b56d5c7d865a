// Storage pools: made, changed, replaced, drifted, taken over and deleted as resources.
import { expect, test } from "vitest";

import { describeEachDaemon, objectAt, type TestDaemon } from "../harness";
import { StackResource, unknown } from "../harness/stack";

describeEachDaemon("storage pools as resources", (daemon: TestDaemon) => {
  let count = 0;
  const resource = (name = daemon.name(`p${++count}`)): StackResource =>
    new StackResource("StoragePool", name, daemon.socket);
  const path = (name: string): string => `/1.0/storage-pools/${name}`;
  const onDaemon = (name: string): Promise<Record<string, unknown>> => objectAt(daemon, path(name));

  test("is made and changed in place; what the server adds is no change", async () => {
    const pool = resource();
    const args = { driver: "dir", description: "fast", config: { "rsync.bwlimit": 10, "volume.size": "1GiB" } };
    await pool.up(args);
    const { config } = await onDaemon(pool.name);
    expect(config).toMatchObject({ "rsync.bwlimit": "10", "volume.size": "1GiB", "user.pulumi.owner": pool.urn });
    expect(config).toHaveProperty("source");
    await pool.refresh();
    expect(await pool.up({ ...args, config: { ...args.config, "volume.size": "1024MiB" } })).toBe("same");
    expect(await pool.up({ driver: "dir", config: { "user.a": "b" } })).toBe("updated");
    const after = await onDaemon(pool.name);
    expect(after).toMatchObject({ description: "", config: { source: (config as { source: string }).source } });
    expect(after["config"]).not.toHaveProperty("volume.size");
    expect(await pool.preview({ driver: "dir", name: daemon.name("x") })).toMatchObject({ replaces: ["name"] });
    await pool.destroy();
    expect((await daemon.raw.get(path(pool.name))).status).toBe(404);
  });

  test("what was changed by hand is shown by refresh and put right; what is in use is not deleted", async () => {
    const pool = resource();
    const args = { driver: "dir", config: { "user.a": "1" } };
    await pool.up(args);
    const { config } = await onDaemon(pool.name);
    const byHand = { ...(config as object), "user.a": "2", "rsync.bwlimit": "5" };
    await daemon.settle(daemon.raw.put(path(pool.name), { description: "mine", config: byHand }));
    await pool.refresh();
    expect(pool.inputs).toMatchObject({ config: { "user.a": "2", "rsync.bwlimit": "5" }, description: "mine" });
    expect(await pool.up(args)).toBe("updated");
    expect((await onDaemon(pool.name))["config"]).toEqual(config);
    const volume = `${path(pool.name)}/volumes/custom`;
    await daemon.settle(daemon.raw.post(volume, { name: daemon.name("v") }));
    await expect(pool.destroy()).rejects.toThrow(/the storage pool is in use by storage-pools\/.* \[in-use\]/);
    await daemon.settle(daemon.raw.delete(`${volume}/${daemon.name("v")}`));
    await pool.destroy();
  });

  test("one of another is refused, and imported as it is; one of a killed run is taken over", async () => {
    const pool = resource();
    await daemon.settle(
      daemon.raw.post("/1.0/storage-pools", { name: pool.name, driver: "dir", config: { "user.a": "b" } }),
    );
    expect((await pool.failures({ driver: "dir" }))[0]?.reason).toContain(`{ import: "${pool.name}" }`);
    expect(await pool.failures({ __import: pool.name, driver: "dir" })).toMatchObject([
      { property: 'config["user.a"]' },
    ]);
    const args = { __import: pool.name, driver: "dir", config: { "user.a": "b" } };
    expect(await pool.up(args)).toBe("created");
    expect(await pool.up(args)).toBe("same");
    expect((await onDaemon(pool.name))["config"]).toHaveProperty(["user.pulumi.owner"], pool.urn);
    await pool.destroy();
    const killed = resource();
    await killed.create((await killed.check({ driver: "dir" })).inputs);
    const again = resource(killed.name);
    expect(await again.up({ driver: "dir", description: "again" })).toBe("created");
    await again.destroy();
    expect((await daemon.raw.get(path(killed.name))).status).toBe(404);
  });

  test("all that is wrong is said at once, and a pool to be made can be named before it is there", async () => {
    const failures = await resource().failures({
      driver: "dri",
      size: "1 GB",
      memberConfig: { nope: {} },
      name: "a b",
    });
    expect(failures.map(({ property }) => property).sort()).toEqual(["driver", "memberConfig", "name", "size"]);
    expect(await resource().failures({ driver: "dir", size: "1GiB" })).toMatchObject([{ property: "size" }]);
    expect(await resource().failures({ driver: unknown, name: unknown, config: unknown })).toEqual([]);
    const pool = resource();
    expect(await pool.failures({ driver: "dir" })).toEqual([]);
    const volume = new StackResource("StorageVolume", "v", daemon.socket);
    expect(await volume.failures({ pool: pool.name })).toEqual([]);
  });
});

describeEachDaemon({ name: "storage pools of a cluster", on: ["incus-cluster"] }, (daemon: TestDaemon) => {
  test("are defined on every member, made, and deleted", async () => {
    const pool = new StackResource("StoragePool", daemon.name("p1"), daemon.socket);
    const args = { driver: "dir", config: { "user.a": "b" } };
    expect(await pool.failures({ ...args, source: "/tmp" })).toMatchObject([{ property: "source" }]);
    await pool.up(args);
    const { status, locations } = await objectAt(daemon, `/1.0/storage-pools/${pool.name}`);
    const members = (await daemon.raw.get("/1.0/cluster/members")).body.metadata as string[];
    expect([status, (locations as string[]).length]).toEqual(["Created", members.length]);
    await pool.refresh();
    expect(await pool.up(args)).toBe("same");
    expect(await pool.up({ ...args, description: "new" })).toBe("updated");
    await pool.destroy();
    expect((await daemon.raw.get(`/1.0/storage-pools/${pool.name}`)).status).toBe(404);
  });
});
