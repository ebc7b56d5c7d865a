// Snapshots of instances: taken, read, restored, renamed, deleted.
import { beforeAll, expect, it } from "vitest";

import { describeEachDaemon, makeInstance, objectAt } from "../harness";

describeEachDaemon("instance snapshots", (daemon) => {
  let path = "";
  const take = (name?: string) =>
    daemon.settle(daemon.raw.post(`${path}/snapshots`, name === undefined ? {} : { name }));

  beforeAll(async () => {
    path = await makeInstance(daemon, "machine", { config: { "user.a": "before" } });
  });

  it("is taken, read and restored", async () => {
    expect(await take("one")).toMatchObject({ ok: true, wasAsync: true });
    expect((await daemon.raw.get(`${path}/snapshots`)).body.metadata).toEqual([`${path}/snapshots/one`]);
    const snapshot = await objectAt(daemon, `${path}/snapshots/one`);
    expect(snapshot).toMatchObject({ name: "one", config: { "user.a": "before" }, stateful: false });
    await daemon.raw.patch(path, { config: { "user.a": "after" } });
    expect(await daemon.settle(daemon.raw.put(path, { restore: "one" }))).toMatchObject({ ok: true });
    expect(await objectAt(daemon, path)).toMatchObject({ config: { "user.a": "before" } });
  });

  it("is not taken twice under one name, nor under a bad one", async () => {
    await take("twice");
    const again = await take("twice");
    expect(again).toMatchObject({ ok: false });
    expect(again.error).toMatch(/UNIQUE constraint failed: instances_snapshots|already (exists|in use)/);
    const bad = await daemon.raw.post(`${path}/snapshots`, { name: "a/b" });
    expect(bad.status).toBe(400);
  });

  it("finds a name by itself", async () => {
    expect(await take()).toMatchObject({ ok: true });
    expect((await daemon.raw.get(`${path}/snapshots`)).body.metadata).toContain(`${path}/snapshots/snap0`);
  });

  it("is renamed and deleted", async () => {
    await take("old");
    expect(await daemon.settle(daemon.raw.post(`${path}/snapshots/old`, { name: "new" }))).toMatchObject({ ok: true });
    expect((await daemon.raw.get(`${path}/snapshots/old`)).status).toBe(404);
    expect(await daemon.settle(daemon.raw.delete(`${path}/snapshots/new`))).toMatchObject({ ok: true });
    const gone = await daemon.raw.delete(`${path}/snapshots/new`);
    expect(gone.status).toBe(404);
    expect(gone.body.error).toMatch(/Instance_?[sS]napshot not found$/);
  });

  it("is not restored when it does not exist", async () => {
    const outcome = await daemon.settle(daemon.raw.put(path, { restore: "nope" }));
    expect(outcome).toMatchObject({ ok: false });
    if (daemon.isModel) expect(outcome.error).toBe(`Snapshot ${daemon.name("machine")}/nope does not exist`);
  });
});
