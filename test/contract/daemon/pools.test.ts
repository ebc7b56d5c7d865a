// Storage pools of the `dir` driver.
import { expect, it } from "vitest";

import { at, describeEachDaemon } from "../harness";

const POOLS = "/1.0/storage-pools";

describeEachDaemon("storage pools", (daemon) => {
  const pool = () => `${POOLS}/${daemon.name("pool")}`;

  it("has one named default", async () => {
    expect((await daemon.raw.get(POOLS)).body.metadata).toContain(`${POOLS}/default`);
    const { status, headers, body } = await daemon.raw.get(`${POOLS}/default`);
    expect(status).toBe(200);
    // LXD 5.0 gives none.
    if (daemon.kind !== "lxd") expect(headers.etag).toMatch(/^"[0-9a-f]{64}"$/);
    expect(body.metadata).toMatchObject({ name: "default", driver: "dir", status: "Created", locations: ["none"] });
  });

  it("makes, changes and deletes one", async () => {
    const made = await daemon.settle(
      daemon.raw.post(POOLS, { name: daemon.name("pool"), driver: "dir", description: "first" }),
    );
    expect(made).toMatchObject({ ok: true });
    const { body } = await daemon.raw.get(pool());
    expect(body.metadata).toMatchObject({ name: daemon.name("pool"), driver: "dir", description: "first" });
    const config = at(body, "metadata", "config");
    expect(await daemon.settle(daemon.raw.put(pool(), { description: "second", config }))).toMatchObject({ ok: true });
    expect((await daemon.raw.get(pool())).body.metadata).toMatchObject({ description: "second", config });
    expect(await daemon.settle(daemon.raw.delete(pool()))).toMatchObject({ ok: true });
    expect((await daemon.raw.get(pool())).status).toBe(404);
  });

  it("shows the space that it has", async () => {
    const { body } = await daemon.raw.get(`${POOLS}/default/resources`);
    expect(at(body, "metadata", "space", "total")).toBeGreaterThan(0);
  });

  it.each([
    [{ name: "default", driver: "dir" }, 409, "The storage pool already exists: The record already exists"],
    [{ name: "", driver: "dir" }, 400, "No name provided"],
    [{ name: "a/b", driver: "dir" }, 400, "Storage pool names may not contain slashes"],
    [{ name: "x", driver: "" }, 400, "No driver provided"],
  ])("refuses to make %o", async (body, status, error) => {
    const reply = await daemon.raw.post(POOLS, body);
    // LXD 5.0 says 500 with the database's words where newer daemons say that it exists.
    if (!daemon.isModel && status === 409) {
      expect(reply.body.type).toBe("error");
      return;
    }
    expect(reply.status).toBe(status);
    if (daemon.isModel) expect(reply.body.error).toBe(error);
  });

  it.each(["GET", "PUT", "DELETE"])("knows no other pool: %s", async (method) => {
    const body = method === "PUT" ? {} : undefined;
    const reply = await daemon.raw.send({ method, path: `${POOLS}/${daemon.name("nope")}`, body });
    expect([reply.status, reply.body.error]).toEqual([404, "Storage pool not found"]);
  });

  it("refuses a stale If-Match", async () => {
    const reply = await daemon.raw.put(`${POOLS}/default`, { description: "x" }, { "If-Match": "stale" });
    expect(reply.status).toBe(412);
    expect(reply.body.error).toMatch(/^ETag doesn't match: [0-9a-f]{64} vs stale$/);
  });
});
