// Names for images: made, read, changed, renamed, deleted; with slashes in them.
import { beforeAll, expect, it } from "vitest";

import { describeEachDaemon, objectAt, uploadImage } from "../harness";

const ALIASES = "/1.0/images/aliases";

describeEachDaemon("image aliases", (daemon) => {
  let target = "";
  const path = (suffix: string) => `${ALIASES}/${encodeURIComponent(daemon.name(suffix))}`;
  const make = (suffix: string, more: object = {}) =>
    daemon.raw.post(ALIASES, { name: daemon.name(suffix), target, description: "", ...more });

  beforeAll(async () => {
    target = await uploadImage(daemon, "image");
  });

  it("is made and read", async () => {
    const reply = await make("plain", { description: "a name" });
    expect(reply.status).toBe(201);
    expect(reply.headers.location).toBe(path("plain"));
    const alias = { name: daemon.name("plain"), target, description: "a name", type: "container" };
    expect(await objectAt(daemon, path("plain"))).toEqual(alias);
    expect((await daemon.raw.get(ALIASES)).body.metadata).toContain(path("plain"));
    expect((await daemon.raw.get(`${ALIASES}?recursion=1`)).body.metadata).toContainEqual(alias);
    const { aliases } = await objectAt(daemon, `/1.0/images/${target}`);
    expect(aliases).toContainEqual({ name: daemon.name("plain"), description: "a name" });
  });

  it("may have slashes, raw or encoded", async () => {
    expect((await make("os/1/amd64")).status).toBe(201);
    for (const url of [`${ALIASES}/${daemon.name("os/1/amd64")}`, path("os/1/amd64")]) {
      expect(await objectAt(daemon, url)).toMatchObject({ name: daemon.name("os/1/amd64"), target });
    }
  });

  it("is changed by PUT and PATCH", async () => {
    await make("changed", { description: "old" });
    expect(await daemon.settle(daemon.raw.put(path("changed"), { target, description: "new" }))).toMatchObject({
      ok: true,
    });
    expect(await objectAt(daemon, path("changed"))).toMatchObject({ description: "new", target });
    // LXD 5.0 never answers a PATCH but with a timeout of its database.
    if (daemon.kind !== "lxd") {
      await daemon.raw.patch(path("changed"), { description: "newer" });
      expect(await objectAt(daemon, path("changed"))).toMatchObject({ description: "newer", target });
    }
    const stale = await daemon.raw.put(path("changed"), { target }, { "If-Match": "stale" });
    expect(stale.status).toBe(412);
    const aimless = await daemon.raw.put(path("changed"), {});
    expect([aimless.status, aimless.body.error]).toEqual([400, "The target field is required"]);
  });

  it("is moved to another image", async () => {
    await make("moved");
    const other = await uploadImage(daemon, "other");
    await daemon.raw.put(path("moved"), { target: other });
    expect(await objectAt(daemon, path("moved"))).toMatchObject({ target: other });
  });

  it("is renamed to a free name only", async () => {
    await make("old");
    await make("taken");
    const refused = await daemon.raw.post(path("old"), { name: daemon.name("taken") });
    expect(refused.status).toBe(409);
    const renamed = await daemon.raw.post(path("old"), { name: daemon.name("new") });
    expect([renamed.status, renamed.headers.location]).toEqual([201, path("new")]);
    expect((await daemon.raw.get(path("old"))).status).toBe(404);
    expect(await objectAt(daemon, path("new"))).toMatchObject({ target });
  });

  it("is not made twice, nor of nothing, nor without a name", async () => {
    await make("once");
    const again = await make("once");
    expect([again.status, again.body.error]).toEqual([409, `Alias "${daemon.name("once")}" already exists`]);
    expect((await make("aimless", { target: "0".repeat(64) })).status).toBe(404);
    const nameless = await daemon.raw.post(ALIASES, { target });
    expect(nameless.status).toBe(400);
    expect(nameless.body.error).toMatch(/^(Alias )?name and target are required$/);
  });

  it("is deleted, once", async () => {
    await make("gone");
    expect((await daemon.raw.delete(path("gone"))).status).toBe(200);
    for (const method of ["GET", "DELETE"]) {
      const reply = await daemon.raw.send({ method, path: path("gone") });
      expect(reply.status).toBe(404);
      if (daemon.product === "incus") expect(reply.body.error).toBe("Image alias not found");
    }
  });
});
