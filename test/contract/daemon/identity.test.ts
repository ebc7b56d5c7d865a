// What the daemons never change of an object while it lives, and what becomes of it in copies, moves and restores.
import { beforeAll, expect, it } from "vitest";

import { at, CUSTOM, describeEachDaemon, makeInstance, objectAt, ROOT, type TestDaemon } from "../harness";

/** LXD 5.0 keeps no time of a volume. */
const zeroTime = "0001-01-01T00:00:00Z";
const nanoseconds = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{4,9}Z$/;

interface Identity {
  createdAt: unknown;
  uuid: unknown;
}

async function identityOf(daemon: TestDaemon, path: string): Promise<Identity> {
  const found = await objectAt(daemon, path);
  return { createdAt: found["created_at"], uuid: at(found, "config", "volatile.uuid") };
}

describeEachDaemon("identity", (daemon) => {
  const settled = async (reply: Parameters<TestDaemon["settle"]>[0]) => {
    expect(await daemon.settle(reply)).toMatchObject({ ok: true });
  };
  const instance = (suffix: string) => `/1.0/instances/${daemon.name(suffix)}`;
  const pool = () => daemon.name("pool");
  let machine = "";

  beforeAll(async () => {
    await settled(daemon.raw.post("/1.0/storage-pools", { name: pool(), driver: "dir", config: {} }));
    machine = await makeInstance(daemon, "machine");
  });

  it("is another for every instance, to the nanosecond", async () => {
    const others = await Promise.all([1, 2, 3].map((each) => makeInstance(daemon, `other-${each}`)));
    const all = await Promise.all([machine, ...others].map((path) => identityOf(daemon, path)));
    for (const { createdAt } of all) expect(createdAt).toMatch(nanoseconds);
    expect(new Set(all.map(({ createdAt }) => createdAt)).size).toBe(4);
    expect(new Set(all.map(({ uuid }) => uuid)).size).toBe(4);
  });

  it("stays when an instance is renamed, changed and restored", async () => {
    const before = await identityOf(daemon, machine);
    await settled(daemon.raw.post(`${machine}/snapshots`, { name: "one" }));
    const snapshot = await identityOf(daemon, `${machine}/snapshots/one`);
    expect(snapshot.uuid).toBe(before.uuid);
    await settled(daemon.raw.post(machine, { name: daemon.name("renamed") }));
    await settled(daemon.raw.patch(instance("renamed"), { config: { "user.a": "b" } }));
    await settled(daemon.raw.post(`${instance("renamed")}/snapshots/one`, { name: "two" }));
    await settled(daemon.raw.put(instance("renamed"), { restore: "two" }));
    expect(await identityOf(daemon, instance("renamed"))).toEqual(before);
    expect(await identityOf(daemon, `${instance("renamed")}/snapshots/two`)).toEqual(snapshot);
    await settled(daemon.raw.post(instance("renamed"), { name: daemon.name("machine") }));
  });

  it("is a copy's own, until that is restored to a snapshot of its original", async () => {
    const original = await makeInstance(daemon, "original");
    await settled(daemon.raw.post(`${original}/snapshots`, { name: "one" }));
    const source = { type: "copy", source: daemon.name("original") };
    await settled(daemon.raw.post("/1.0/instances", { name: daemon.name("copy"), source }));
    const [was, copied] = [await identityOf(daemon, original), await identityOf(daemon, instance("copy"))];
    expect(copied.uuid).not.toBe(was.uuid);
    expect(copied.createdAt).not.toBe(was.createdAt);
    const inherited = await identityOf(daemon, `${instance("copy")}/snapshots/one`);
    expect(inherited).toEqual(await identityOf(daemon, `${original}/snapshots/one`));
    await settled(daemon.raw.put(instance("copy"), { restore: "one" }));
    expect(await identityOf(daemon, instance("copy"))).toEqual({ ...copied, uuid: was.uuid });
  });

  it("keeps the uuid, and not the time, of an instance that moves to another pool", async () => {
    const path = await makeInstance(daemon, "mover");
    const before = await identityOf(daemon, path);
    const moved = { name: daemon.name("mover"), migration: true, pool: pool() };
    await settled(daemon.raw.post(path, moved));
    const after = await identityOf(daemon, path);
    expect(after.uuid).toBe(before.uuid);
    expect(Date.parse(String(after.createdAt))).toBeGreaterThanOrEqual(Date.parse(String(before.createdAt)));
    expect(after.createdAt).not.toBe(before.createdAt);
  });

  it("takes a uuid that the client has chosen, also a second time", async () => {
    const config = { "volatile.uuid": "6f1c1a1e-3f0c-4b6e-9a55-8d3d0f7f5c11" };
    const paths = [
      await makeInstance(daemon, "chosen-1", { config }),
      await makeInstance(daemon, "chosen-2", { config }),
    ];
    for (const path of paths) expect(await identityOf(daemon, path)).toMatchObject({ uuid: config["volatile.uuid"] });
  });

  it("loses the uuid of a virtual machine in a PUT that leaves it out", async () => {
    const path = await makeInstance(daemon, "loser");
    const before = await identityOf(daemon, path);
    await settled(daemon.raw.put(path, { config: { "user.a": "b" }, devices: { root: ROOT }, profiles: [] }));
    expect(await identityOf(daemon, path)).toEqual({ createdAt: before.createdAt, uuid: undefined });
  });

  it("stays with a volume that is renamed or changed, and is another after a move", async () => {
    const add = (suffix: string) =>
      settled(daemon.raw.post(CUSTOM, { name: daemon.name(suffix), type: "custom", content_type: "filesystem" }));
    await add("data");
    await add("more");
    const volume = (suffix: string) => identityOf(daemon, `${CUSTOM}/${daemon.name(suffix)}`);
    const [data, more] = [await volume("data"), await volume("more")];
    if (data.createdAt === zeroTime) {
      expect(more.createdAt).toBe(zeroTime);
      return;
    }
    expect(data.createdAt).toMatch(nanoseconds);
    expect(more.createdAt).not.toBe(data.createdAt);
    await settled(daemon.raw.post(`${CUSTOM}/${daemon.name("data")}`, { name: daemon.name("moved") }));
    await settled(daemon.raw.patch(`${CUSTOM}/${daemon.name("moved")}`, { config: { "user.a": "b" } }));
    expect(await volume("moved")).toEqual(data);
    const target = { name: daemon.name("moved"), pool: pool() };
    await settled(daemon.raw.post(`${CUSTOM}/${daemon.name("moved")}`, target));
    const there = `/1.0/storage-pools/${pool()}/volumes/custom/${daemon.name("moved")}`;
    expect((await identityOf(daemon, there)).createdAt).not.toBe(data.createdAt);
    await settled(daemon.raw.delete(there));
  });
});
