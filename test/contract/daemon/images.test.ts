// An image after its upload: read, changed, published from an instance, deleted.
import { beforeAll, expect, it } from "vitest";

import { describeEachDaemon, makeInstance, objectAt, setState, textAt, uploadImage } from "../harness";

describeEachDaemon("images", (daemon) => {
  let fingerprint = "";
  const path = () => `/1.0/images/${fingerprint}`;
  const run = () => ({ run: daemon.name("image") });

  beforeAll(async () => {
    fingerprint = await uploadImage(daemon, "image");
  });

  it("is listed by URL and as an object", async () => {
    expect((await daemon.raw.get("/1.0/images")).body.metadata).toContain(path());
    const objects = (await daemon.raw.get("/1.0/images?recursion=1")).body.metadata;
    expect(objects).toContainEqual(expect.objectContaining({ fingerprint }));
    const filter = encodeURIComponent(`fingerprint eq ${fingerprint}`);
    expect((await daemon.raw.get(`/1.0/images?filter=${filter}`)).body.metadata).toEqual([path()]);
  });

  it("is found by the beginning of its fingerprint", async () => {
    const found = await objectAt(daemon, `/1.0/images/${fingerprint.slice(0, 16)}`);
    expect(found["fingerprint"]).toBe(fingerprint);
  });

  it("is replaced by PUT, and keeps only its expiry", async () => {
    const expiry = "2035-01-01T00:00:00Z";
    const first = { public: true, properties: { ...run(), a: "b" }, expires_at: expiry, profiles: [] };
    expect(await daemon.settle(daemon.raw.put(path(), first))).toMatchObject({ ok: true, wasAsync: false });
    expect(await objectAt(daemon, path())).toMatchObject(first);
    await daemon.raw.put(path(), { properties: run() });
    expect(await objectAt(daemon, path())).toMatchObject({
      public: false,
      properties: run(),
      expires_at: expiry,
      profiles: ["default"],
    });
  });

  it("merges properties by PATCH, and drops those made empty", async () => {
    await daemon.raw.put(path(), { properties: { ...run(), a: "1", b: "2" } });
    const patch = { properties: { a: "", c: "3" }, profiles: ["nope"] };
    expect(await daemon.settle(daemon.raw.patch(path(), patch))).toMatchObject({ ok: true, wasAsync: false });
    expect(await objectAt(daemon, path())).toMatchObject({
      properties: { ...run(), b: "2", c: "3" },
      profiles: ["default"],
    });
  });

  it("refuses stale writes and unknown profiles", async () => {
    const stale = await daemon.raw.put(path(), { properties: run() }, { "If-Match": "stale" });
    expect(stale.status).toBe(412);
    const profile = await daemon.raw.put(path(), { properties: run(), profiles: ["nope"] });
    const code = daemon.kind === "lxd" ? 400 : 500;
    expect([profile.status, profile.body.error]).toEqual([code, "Profile 'nope' doesn't exist"]);
  });

  it("is unknown under another fingerprint", async () => {
    const absent = `/1.0/images/${"0".repeat(64)}`;
    const read = await daemon.raw.get(absent);
    expect(read.status).toBe(404);
    if (daemon.product === "incus") expect(read.body.error).toBe(`Image "${"0".repeat(64)}" not found`);
    for (const method of ["PUT", "PATCH", "DELETE"]) {
      const body = method === "DELETE" ? undefined : {};
      const reply = await daemon.raw.send({ method, path: absent, body });
      expect(reply.status).toBe(404);
      if (daemon.product === "incus") expect(reply.body.error).toBe("Image not found");
    }
  });

  const source = (suffix: string) => ({ type: "instance", name: daemon.name(suffix) });

  it("is published from a stopped instance, with its image's properties", async () => {
    const image = { source: { type: "image", fingerprint }, type: "container", config: {} };
    await makeInstance(daemon, "publish", {
      ...image,
      devices: { root: { type: "disk", path: "/", pool: "default" } },
    });
    const alias = daemon.name("published");
    const outcome = await daemon.settle(
      daemon.raw.post("/1.0/images", {
        source: source("publish"),
        properties: { ...run(), extra: "1" },
        expires_at: "2031-01-01T00:00:00Z",
        aliases: [{ name: alias, description: "from a test" }],
      }),
    );
    expect(outcome).toMatchObject({ ok: true });
    const published = textAt(outcome.metadata, "fingerprint");
    expect(published).not.toBe(fingerprint);
    // LXD 5.0 forgets the instance's own when any are given.
    const inherited = daemon.kind === "lxd" ? {} : { os: "tiny" };
    expect(await objectAt(daemon, `/1.0/images/${published}`)).toMatchObject({
      type: "container",
      properties: { ...inherited, ...run(), extra: "1" },
      expires_at: "2031-01-01T00:00:00Z",
      aliases: [{ name: alias, description: "from a test" }],
    });
  });

  it("stays when it is published under an alias that is taken", async () => {
    const body = { source: source("publish"), properties: run(), aliases: [{ name: daemon.name("published") }] };
    const outcome = await daemon.settle(daemon.raw.post("/1.0/images", body));
    expect(outcome).toMatchObject({ ok: false, error: `Alias already exists: ${daemon.name("published")}` });
    const left = textAt(outcome.metadata, "fingerprint");
    expect(await objectAt(daemon, `/1.0/images/${left}`)).toMatchObject({ fingerprint: left, aliases: [] });
  });

  it("is not published from a running instance, nor from none", async () => {
    const instance = `/1.0/instances/${daemon.name("publish")}`;
    expect(await setState(daemon, instance, { action: "start" })).toMatchObject({ ok: true });
    const running = await daemon.settle(daemon.raw.post("/1.0/images", { source: source("publish") }));
    expect(running).toMatchObject({ ok: false, error: "Cannot export a running instance as an image" });
    await setState(daemon, instance, { action: "stop", force: true });
    const none = await daemon.settle(daemon.raw.post("/1.0/images", { source: source("nope") }));
    expect(none).toMatchObject({ ok: false });
    expect(none.error).toContain("Instance not found");
  });

  it("is deleted in an operation, its aliases with it, though instances were made of it", async () => {
    const alias = daemon.name("goes");
    await daemon.raw.post("/1.0/images/aliases", { name: alias, target: fingerprint });
    const outcome = await daemon.settle(daemon.raw.delete(path()));
    expect(outcome).toMatchObject({ ok: true, wasAsync: true });
    expect((await daemon.raw.get(path())).status).toBe(404);
    expect((await daemon.raw.get(`/1.0/images/aliases/${alias}`)).status).toBe(404);
  });
});
