// Storage volumes: made, changed, moved, drifted, taken over and deleted as resources.
import { expect, test } from "vitest";

import { at, describeEachDaemon, makeInstance, objectAt, ROOT, type TestDaemon } from "../harness";
import { StackResource, unknown } from "../harness/stack";

describeEachDaemon("storage volumes as resources", (daemon: TestDaemon) => {
  let count = 0;
  const resource = (name = daemon.name(`v${++count}`)): StackResource =>
    new StackResource("StorageVolume", name, daemon.socket);
  const custom = "/1.0/storage-pools/default/volumes/custom";
  const path = (name: string): string => `${custom}/${name}`;
  const onDaemon = (name: string): Promise<Record<string, unknown>> => objectAt(daemon, path(name));
  const change = async (method: "POST" | "PUT" | "DELETE", url: string, body?: object): Promise<void> => {
    const outcome = await daemon.settle(daemon.raw.send({ method, path: url, body }));
    if (!outcome.ok) throw new Error(outcome.error);
  };
  const pool = "default";

  test("is a file system or a block device of the pool", async () => {
    const files = resource();
    const args = {
      pool,
      size: "10MiB",
      description: "data",
      config: { "snapshots.expiry": "1d", "security.shifted": true },
    };
    await files.up(args);
    expect(await onDaemon(files.name)).toMatchObject({
      content_type: "filesystem",
      description: "data",
      config: {
        size: "10MiB",
        "snapshots.expiry": "1d",
        "security.shifted": "true",
        "user.pulumi.owner": files.urn,
      },
    });
    expect(files.outputs).toMatchObject({ name: files.name, contentType: "filesystem", location: "none" });
    await files.refresh();
    expect(await files.up({ ...args, size: "10485760" })).toBe("same");
    const disk = resource();
    await disk.up({ pool, contentType: "block", size: "1MiB" });
    expect(await onDaemon(disk.name)).toMatchObject({ content_type: "block", config: { size: "1MiB" } });
    await files.destroy();
    await disk.destroy();
    expect((await daemon.raw.get(path(files.name))).status).toBe(404);
  });

  test("grows in place; a smaller block device is refused in the preview", async () => {
    const disk = resource();
    const args = { pool, contentType: "block", size: "2MiB" };
    await disk.up(args);
    expect(await disk.up({ ...args, size: "4MiB", config: { "user.a": 1 } })).toBe("updated");
    expect(await onDaemon(disk.name)).toMatchObject({ config: { size: "4MiB", "user.a": "1" } });
    const failures = await disk.failures({ ...args, size: "1MiB" });
    expect(failures).toEqual([
      { property: "size", reason: "a block volume cannot shrink: its size is 4MiB; set that size or a larger one" },
    ]);
    expect(await disk.preview({ ...args, contentType: "filesystem", size: "4MiB" })).toMatchObject({
      replaces: ["contentType"],
      deleteBeforeReplace: true,
    });
    await disk.destroy();
  });

  test("keeps what is in it under another name and in another pool", async () => {
    const volume = resource();
    const other = daemon.name("pool");
    await daemon.raw.post("/1.0/storage-pools", { name: other, driver: "dir" });
    await volume.up({ pool });
    const { created_at: made } = await onDaemon(volume.name);
    const name = daemon.name("renamed");
    expect(await volume.up({ pool, name })).toBe("updated");
    expect((await daemon.raw.get(path(volume.name))).status).toBe(404);
    expect(await onDaemon(name)).toMatchObject({ created_at: made, config: { "user.pulumi.owner": volume.urn } });
    expect(await volume.up({ pool: other, name })).toBe("updated");
    expect((await daemon.raw.get(path(name))).status).toBe(404);
    const moved = `/1.0/storage-pools/${other}/volumes/custom/${name}`;
    expect(await objectAt(daemon, moved)).toMatchObject({ name });
    await volume.refresh();
    expect(await volume.up({ pool: other, name })).toBe("same");
    await daemon.raw.post(custom, { name: daemon.name("taken") });
    expect(await volume.failures({ pool, name: daemon.name("taken") })).toMatchObject([{ property: "name" }]);
    await volume.destroy();
    expect((await daemon.raw.get(moved)).status).toBe(404);
  });

  test("is copied from another volume or one of its snapshots", async () => {
    const original = resource();
    await original.up({ pool, contentType: "block", size: "2MiB", description: "old", config: { "user.a": "old" } });
    await change("POST", `${path(original.name)}/snapshots`, { name: "s0" });
    const source = { volume: { pool, name: original.name } };
    const copy = resource();
    await copy.up({ pool, source });
    expect(await onDaemon(copy.name)).toMatchObject({
      content_type: "block",
      description: "",
      config: { size: "2MiB" },
    });
    expect((await onDaemon(copy.name))["config"]).toMatchObject({ "user.pulumi.owner": copy.urn });
    expect((await onDaemon(copy.name))["config"]).not.toHaveProperty("user.a");
    expect((await daemon.raw.get(`${path(copy.name)}/snapshots`)).body.metadata).toEqual([]);
    expect(await copy.up({ pool, source })).toBe("same");
    expect(await copy.up({ pool })).not.toBe("replaced");
    const old = resource();
    await old.up({ pool, size: "3MiB", source: { volume: { pool, name: original.name, snapshot: "s0" } } });
    expect(await onDaemon(old.name)).toMatchObject({ content_type: "block", config: { size: "3MiB" } });

    const refused = (more: object): Promise<unknown> =>
      resource().failures({ pool, source: { volume: { pool, name: original.name, ...more } } });
    expect(await refused({ snapshot: "nope" })).toMatchObject([{ property: "source.volume" }]);
    expect(await refused({ name: "nope" })).toMatchObject([{ property: "source.volume" }]);
    expect(await resource().failures({ pool, contentType: "filesystem", source })).toMatchObject([
      { property: "contentType" },
    ]);
    await change("DELETE", `${path(original.name)}/snapshots/s0`);
    for (const volume of [original, copy, old]) await volume.destroy();
  });

  test("what was changed by hand is shown by refresh and put right by the next up", async () => {
    const volume = resource();
    const args = { pool, size: "10MiB", config: { "user.a": "1" } };
    await volume.up(args);
    const { config } = await onDaemon(volume.name);
    const byHand = { ...(config as object), size: "20MiB", "user.a": "2", "user.b": "2" };
    await change("PUT", path(volume.name), { description: "mine", config: byHand });
    await volume.refresh();
    expect(volume.inputs).toMatchObject({
      size: "20MiB",
      config: { "user.a": "2", "user.b": "2" },
      description: "mine",
    });
    expect(await volume.up(args)).toBe("updated");
    expect(await onDaemon(volume.name)).toMatchObject({ description: "", config });
    await change("DELETE", path(volume.name));
    expect(await volume.refresh()).toBe(false);
  });

  test("one of another is refused, and imported as it is; one in use is not deleted", async () => {
    const volume = resource();
    await daemon.raw.post(custom, {
      name: volume.name,
      content_type: "block",
      config: { size: "1MiB", "user.a": "b" },
    });
    expect((await volume.failures({ pool }))[0]?.reason).toContain(`{ import: "default/default/${volume.name}" }`);
    const __import = `default/default/${volume.name}`;
    const differences = await volume.failures({ __import, pool, size: "2MiB" });
    expect(differences.map(({ property }) => property).sort()).toEqual(['config["user.a"]', "contentType", "size"]);
    const args = { __import, pool, contentType: "block", config: { "user.a": "b" } };
    expect(await volume.up(args)).toBe("created");
    const { "volatile.uuid": _, ...own } = (await onDaemon(volume.name))["config"] as Record<string, string>;
    expect(own).toEqual({ size: "1MiB", "user.a": "b", "user.pulumi.owner": volume.urn });
    expect(await volume.up(args)).toBe("same");
    expect(await volume.up({ ...args, source: { volume: { pool, name: "whatever" } } })).toBe("same");
    const devices = { root: ROOT, data: { type: "disk", pool, source: volume.name } };
    const vm = await makeInstance(daemon, `vm${count}`, { devices });
    await expect(volume.destroy()).rejects.toThrow(/the storage volume is in use by instances\/.* \[in-use\]/);
    await change("DELETE", vm);
    await volume.destroy();
    expect((await daemon.raw.get(path(volume.name))).status).toBe(404);
  });

  daemon.test(
    "a backup that was exported to a file is a volume again",
    { needs: ["custom_volume_backup"] },
    async () => {
      const { mkdtemp, rm, writeFile } = await import("node:fs/promises");
      const dir = await mkdtemp("/tmp/pulumi-lxd-backup-");
      const original = resource();
      await original.up({ pool, config: { "user.a": "kept" } });
      const backups = `${path(original.name)}/backups`;
      await change("POST", backups, { name: "b0", volume_only: true });
      const backup = `${dir}/backup.tar.gz`;
      await writeFile(backup, (await daemon.raw.get(`${backups}/b0/export`)).bytes);
      await original.destroy();
      const volume = resource();
      expect(await volume.failures({ pool, source: { backup: `${dir}/nope` } })).toMatchObject([
        { property: "source.backup" },
      ]);
      await volume.up({ pool, source: { backup } });
      expect(await onDaemon(volume.name)).toMatchObject({
        content_type: "filesystem",
        config: { "user.a": "kept", "user.pulumi.owner": volume.urn },
      });
      expect(await volume.up({ pool, source: { backup } })).toBe("same");
      await volume.destroy();
      await rm(dir, { recursive: true });
    },
  );

  test("all that is wrong is said at once, and what is not known yet passes", async () => {
    const failures = await resource().failures({
      pool: "defualt",
      size: "10 gigs",
      config: { size: "1GiB" },
      colour: "red",
    });
    expect(failures.map(({ property }) => property).sort()).toEqual(["colour", 'config["size"]', "pool", "size"]);
    expect(await resource().failures({ pool, target: "nope" })).toMatchObject([{ property: "target" }]);
    const source = { volume: { pool: unknown, name: unknown } };
    expect(await resource().failures({ pool: unknown, name: unknown, size: unknown, source })).toEqual([]);
    expect(await resource().failures({ pool, config: unknown, source: unknown })).toEqual([]);
    const planned = resource();
    await planned.failures({ pool });
    const copy = { pool, source: { volume: { pool, name: planned.name } } };
    expect(await resource().failures(copy)).toEqual([]);
  });

  test("of others is read as it is", async () => {
    const volume = resource();
    await daemon.raw.post(custom, { name: volume.name, config: { "user.a": "b" } });
    volume.id = `default/default/${volume.name}`;
    volume.outputs = { __urn: volume.urn, remote: { socket: daemon.socket } };
    expect(await volume.refresh()).toBe(true);
    expect(volume.outputs).toMatchObject({
      name: volume.name,
      pool,
      contentType: "filesystem",
      config: { "user.a": "b" },
    });
    expect(at(volume.outputs, "project")).toBe("default");
  });
});
