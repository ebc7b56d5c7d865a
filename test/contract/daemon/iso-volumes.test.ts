// An ISO volume after its import: it can be read, described and deleted, and nothing else.
import { beforeAll, expect } from "vitest";

import { at, describeEachDaemon, textAt, tinyIso } from "../harness";

const ISO = { needs: ["custom_volume_iso"] };
const CUSTOM = "/1.0/storage-pools/default/volumes/custom";
const SIZE = String(tinyIso().length);

describeEachDaemon("ISO volumes", (daemon) => {
  const volume = () => `${CUSTOM}/${daemon.name("iso")}`;
  const importIso = (suffix: string) =>
    daemon.settle(
      daemon.raw.post(CUSTOM, tinyIso(), {
        "Content-Type": "application/octet-stream",
        [daemon.header("name")]: daemon.name(suffix),
        [daemon.header("type")]: "iso",
      }),
    );
  const put = (body: object, headers?: Record<string, string>) =>
    daemon.settle(daemon.raw.put(volume(), body, headers));
  const config = async () => at((await daemon.raw.get(volume())).body, "metadata", "config") as Record<string, string>;

  beforeAll(async () => {
    if (daemon.has("custom_volume_iso")) await importIso("iso");
  });

  daemon.test("is listed by URL and as an object", ISO, async () => {
    expect((await daemon.raw.get(CUSTOM)).body.metadata).toContain(volume());
    const objects = (await daemon.raw.get(`${CUSTOM}?recursion=1`)).body.metadata;
    expect(objects).toContainEqual(expect.objectContaining({ name: daemon.name("iso"), content_type: "iso" }));
    const all = (await daemon.raw.get("/1.0/storage-pools/default/volumes")).body.metadata;
    expect(all).toContain(volume());
  });

  daemon.test("is found by a filter", ISO, async () => {
    const found = await daemon.raw.get(`${CUSTOM}?filter=${encodeURIComponent(`name eq ${daemon.name("iso")}`)}`);
    expect(found.body.metadata).toEqual([volume()]);
    const none = await daemon.raw.get(`${CUSTOM}?filter=${encodeURIComponent("name eq nope")}`);
    expect(none.body.metadata).toEqual([]);
  });

  daemon.test("has a state without usage on a dir pool", ISO, async () => {
    const { body } = await daemon.raw.get(`${volume()}/state`);
    // Newer ones say how large it is.
    expect(at(body, "metadata", "usage", "used")).toBeUndefined();
    if (daemon.isModel) expect(body.metadata).toEqual({ usage: null });
  });

  daemon.test("takes a description, which its ETag does not cover", ISO, async () => {
    const before = await daemon.raw.get(volume());
    expect(before.headers.etag).toMatch(/^"[0-9a-f]{64}"$/);
    expect(await put({ description: "one", config: await config() })).toMatchObject({ ok: true });
    const after = await daemon.raw.get(volume());
    expect(after.body.metadata).toMatchObject({ description: "one", config: { size: SIZE } });
    expect(after.headers.etag).toBe(before.headers.etag);
    const again = await put({ description: "two", config: await config() }, { "If-Match": before.headers.etag ?? "" });
    expect(again).toMatchObject({ ok: true });
  });

  daemon.test("refuses a stale ETag", ISO, async () => {
    const reply = await daemon.raw.put(volume(), { config: await config() }, { "If-Match": '"stale"' });
    expect(reply.status).toBe(412);
    expect(reply.body.error).toMatch(/^ETag doesn't match: [0-9a-f]{64} vs stale$/);
  });

  daemon.test("refuses every change of its config", ISO, async () => {
    const own = await config();
    const code = daemon.product === "incus" ? 500 : 400;
    for (const changed of [{ ...own, size: "1" }, {}, { ...own, "user.a": "b" }]) {
      const outcome = await put({ description: "no", config: changed });
      expect(outcome).toMatchObject({ ok: false, code, error: "Custom ISO volume config cannot be changed" });
    }
    const merged = await daemon.settle(daemon.raw.patch(volume(), { config: { "user.a": "b" } }));
    expect(merged).toMatchObject({ ok: false, error: "Custom ISO volume config cannot be changed" });
    expect(await config()).toEqual(own);
  });

  daemon.test("names an unknown option", ISO, async () => {
    const outcome = await put({ config: { ...(await config()), bogus: "1" } });
    expect(outcome.error).toMatch(/Invalid option for volume "default_.*" option "bogus"$/);
  });

  daemon.test("loses its description by a PATCH without one", ISO, async () => {
    await put({ description: "kept?", config: await config() });
    expect(await daemon.settle(daemon.raw.patch(volume(), {}))).toMatchObject({ ok: true });
    expect(textAt((await daemon.raw.get(volume())).body, "metadata", "description")).toBe("");
  });

  daemon.test("has no snapshots and no backups", ISO, async () => {
    const snapshot = await daemon.settle(daemon.raw.post(`${volume()}/snapshots`, { name: "s" }));
    expect(snapshot).toMatchObject({ ok: false, wasAsync: true });
    expect(snapshot.error).toContain('Volume of content type "iso" does not support snapshots');
    if (daemon.has("backup_iso")) return;
    const backup = await daemon.settle(daemon.raw.post(`${volume()}/backups`, { name: "b" }));
    expect(backup.error).toContain('Volume of content type "iso" cannot be backed up');
  });

  daemon.test("is not renamed to a name that is taken, bad or empty", ISO, async () => {
    await importIso("other");
    const rename = async (name: string) => {
      const { status, body } = await daemon.raw.post(volume(), { name });
      return [status, body.error];
    };
    expect(await rename(daemon.name("other"))).toEqual([409, "Volume by that name already exists"]);
    expect(await rename("a/b")).toEqual([400, expect.stringContaining("")]);
    expect(await rename("")).toEqual([400, expect.stringContaining("")]);
  });

  daemon.test("is copied within its pool with its size", ISO, async () => {
    const source = { type: "copy", name: daemon.name("iso"), pool: "default" };
    const body = { name: daemon.name("copy"), source };
    expect(await daemon.settle(daemon.raw.post(CUSTOM, body))).toMatchObject({ ok: true });
    const copy = await daemon.raw.get(`${CUSTOM}/${daemon.name("copy")}`);
    expect(copy.body.metadata).toMatchObject({ content_type: "iso", config: { size: SIZE } });
  });

  daemon.test("needs its size in the config of a copy, if that has one", ISO, async () => {
    const source = { type: "copy", name: daemon.name("iso"), pool: "default" };
    const body = { name: daemon.name("sizeless"), config: {}, source };
    const outcome = await daemon.settle(daemon.raw.post(CUSTOM, body));
    expect(outcome).toMatchObject({ ok: false, error: "Size cannot be zero" });
  });

  daemon.test("is rounded up when it is copied to another pool", ISO, async () => {
    const pool = daemon.name("pool");
    await daemon.settle(daemon.raw.post("/1.0/storage-pools", { name: pool, driver: "dir" }));
    const source = { type: "copy", name: daemon.name("iso"), pool: "default" };
    const body = { name: daemon.name("far"), source };
    const there = `/1.0/storage-pools/${pool}/volumes/custom`;
    expect(await daemon.settle(daemon.raw.post(there, body))).toMatchObject({ ok: true });
    const copy = await daemon.raw.get(`${there}/${daemon.name("far")}`);
    const rounded = String(Math.ceil(Number(SIZE) / 8192) * 8192);
    expect(copy.body.metadata).toMatchObject({ content_type: "iso", config: { size: rounded } });
  });

  daemon.test("is deleted, once", ISO, async () => {
    await importIso("gone");
    const path = `${CUSTOM}/${daemon.name("gone")}`;
    expect(await daemon.settle(daemon.raw.delete(path))).toMatchObject({ ok: true });
    for (const method of ["GET", "DELETE", "PUT"]) {
      const body = method === "PUT" ? {} : undefined;
      const reply = await daemon.raw.send({ method, path, body });
      expect([reply.status, reply.body.error]).toEqual([404, "Storage pool volume not found"]);
    }
    expect(await importIso("gone")).toMatchObject({ ok: true });
  });
});
