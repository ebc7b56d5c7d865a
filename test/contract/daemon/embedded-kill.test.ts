// What a daemon leaves that is killed while it copies: as seen on a real Incus, records with their full size and no more
// bytes than had come.
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";

import { at, type RawClient, tinyImage, tinyIso } from "../harness";
import { clientOf, CUSTOM, isoHeaders, useEmbedded } from "../harness/embedded";
import { settle } from "../harness/operation";

const embedded = useEmbedded();
const root = { type: "disk", path: "/", pool: "default" };
const octets = { "Content-Type": "application/octet-stream" };

const slow = () => embedded.start({ copyMs: 4000 });

/** Sends a request that begins a copy, and kills the daemon in the middle of it; gives the one after it. */
async function killDuring(begin: (raw: RawClient) => Promise<{ status: number }>): Promise<RawClient> {
  await embedded.stop();
  const daemon = await slow();
  expect((await begin(clientOf(daemon))).status).toBe(202);
  await sleep(100);
  await daemon.kill();
  return clientOf(await embedded.start());
}

const metadataOf = async (raw: RawClient, path: string) => (await raw.get(path)).body.metadata;

async function uploadImage(raw: RawClient, options = {}): Promise<string> {
  const outcome = await settle(raw, await raw.post("/1.0/images", tinyImage(options), octets));
  expect(outcome).toMatchObject({ ok: true });
  return String(at(outcome.metadata, "fingerprint"));
}

const container = (fingerprint: string) => ({
  name: "ct",
  source: { type: "image", fingerprint },
  profiles: [],
  config: { "user.a": "b" },
  devices: { root },
});

describe("embedded daemon that is killed", () => {
  it("leaves an ISO volume short of bytes, with its full size", async () => {
    const iso = tinyIso();
    const raw = await killDuring((client) => client.post(CUSTOM, iso, isoHeaders("cd")));
    expect(await metadataOf(raw, `${CUSTOM}/cd`)).toMatchObject({ config: { size: String(iso.length) } });
    const { size } = await stat(join(embedded.dir, "storage-pools/default/custom/default_cd"));
    expect(size).toBeGreaterThan(0);
    expect(size).toBeLessThan(iso.length);
    expect(await metadataOf(raw, "/1.0/operations")).toEqual({});
    const again = await settle(raw, await raw.post(CUSTOM, iso, isoHeaders("cd")));
    expect(again.error).toMatch(/already exists on target storage/);
    expect((await raw.delete(`${CUSTOM}/cd`)).status).toBe(200);
    expect(await settle(raw, await raw.post(CUSTOM, iso, isoHeaders("cd")))).toMatchObject({ ok: true });
  });

  it("leaves an instance that does not start and was never due to", async () => {
    const fingerprint = await uploadImage(clientOf(await embedded.start()));
    const raw = await killDuring((client) => client.post("/1.0/instances", container(fingerprint)));
    const config = at(await metadataOf(raw, "/1.0/instances/ct"), "config");
    expect(config).toMatchObject({ "user.a": "b", "volatile.base_image": fingerprint });
    expect(config).not.toHaveProperty("volatile.apply_template");
    const start = await settle(raw, await raw.put("/1.0/instances/ct/state", { action: "start" }));
    expect(start.error).toMatch(/^Failed to handle idmapped storage: .*: no such file or directory$/);
    expect(await settle(raw, await raw.delete("/1.0/instances/ct"))).toMatchObject({ ok: true });
    expect(await settle(raw, await raw.post("/1.0/instances", container(fingerprint)))).toMatchObject({ ok: true });
    expect(at(await metadataOf(raw, "/1.0/instances/ct"), "config", "volatile.apply_template")).toBe("create");
  });

  it("says the old image of an instance whose disk has part of the new", async () => {
    const first = clientOf(await embedded.start());
    const [before, after] = [await uploadImage(first), await uploadImage(first, { properties: { a: "b" } })];
    await settle(first, await first.post("/1.0/instances", container(before)));
    const source = { type: "image", fingerprint: after };
    const raw = await killDuring((client) => client.post("/1.0/instances/ct/rebuild", { source }));
    expect(at(await metadataOf(raw, "/1.0/instances/ct"), "config", "volatile.base_image")).toBe(before);
    expect(await settle(raw, await raw.put("/1.0/instances/ct/state", { action: "start" }))).toMatchObject({
      ok: false,
    });
    expect(await settle(raw, await raw.post("/1.0/instances/ct/rebuild", { source }))).toMatchObject({ ok: true });
    expect(await settle(raw, await raw.put("/1.0/instances/ct/state", { action: "start" }))).toMatchObject({
      ok: true,
    });
  }, 20_000);

  it("leaves a volume that moved in both pools, and an instance twice", async () => {
    const first = clientOf(await embedded.start());
    await first.post("/1.0/storage-pools", { name: "other", driver: "dir" });
    await first.post(CUSTOM, { name: "data", type: "custom", content_type: "filesystem" });
    const vm = { ...container(""), name: "vm", type: "virtual-machine", source: { type: "none" } };
    await settle(first, await first.post("/1.0/instances", vm));
    const raw = await killDuring(async (client) => {
      await client.post("/1.0/instances/vm", { name: "vm", migration: true, pool: "other" });
      return client.post(`${CUSTOM}/data`, { name: "data", pool: "other" });
    });
    const [there, here] = await Promise.all(
      ["other", "default"].map((pool) => metadataOf(raw, `/1.0/storage-pools/${pool}/volumes/custom/data`)),
    );
    expect([there, here]).toEqual([
      expect.objectContaining({ name: "data" }),
      expect.objectContaining({ name: "data" }),
    ]);
    expect(at(there, "created_at")).not.toBe(at(here, "created_at"));
    const instances = (await metadataOf(raw, "/1.0/instances?recursion=1")) as Record<string, unknown>[];
    expect(instances.map(({ name }) => String(name).replace(/\d{10,}/, "N")).sort()).toEqual(["move-of-N", "vm"]);
    expect(new Set(instances.map((instance) => at(instance, "config", "volatile.uuid"))).size).toBe(1);
  });

  it("leaves nothing of an instance that was restored, and keeps its name from being used", async () => {
    const first = clientOf(await embedded.start());
    const vm = { ...container(""), name: "vm", type: "virtual-machine", source: { type: "none" } };
    await settle(first, await first.post("/1.0/instances", vm));
    await settle(first, await first.post("/1.0/instances/vm/backups", { name: "one" }));
    const { bytes } = await first.get("/1.0/instances/vm/backups/one/export");
    const headers = { ...octets, "X-Incus-name": "restored" };
    const raw = await killDuring((client) => client.post("/1.0/instances", bytes, headers));
    expect((await raw.get("/1.0/instances/restored")).status).toBe(404);
    const again = await settle(raw, await raw.post("/1.0/instances", bytes, headers));
    expect(again.error).toBe("Create instance from backup: Cannot restore volume, already exists on target");
    const made = await settle(raw, await raw.post("/1.0/instances", { ...vm, name: "restored" }));
    expect(made.error).toMatch(/^Failed creating instance: Volume path ".*" already exists$/);
    expect((await raw.get("/1.0/instances/restored")).status).toBe(404);
  });

  it("refuses to delete an instance that is being made", async () => {
    const fingerprint = await uploadImage(clientOf(await embedded.start()));
    await embedded.stop();
    const daemon = await slow();
    const raw = clientOf(daemon);
    await raw.post("/1.0/instances", container(fingerprint));
    await sleep(50);
    const deleted = await settle(raw, await raw.delete("/1.0/instances/ct"));
    expect(deleted.error).toBe(
      'Failed to create instance delete operation: Instance is busy running a "create" operation',
    );
    await daemon.kill();
  });

  it("breaks off what is waited for, and keeps what it had done", async () => {
    const daemon = await slow();
    const raw = clientOf(daemon);
    await raw.post(CUSTOM, { name: "data", type: "custom", content_type: "filesystem" });
    const { body } = await raw.post(CUSTOM, tinyIso(), isoHeaders("cd"));
    const waiting = expect(raw.get(`${String(body.operation)}/wait`)).rejects.toThrow(
      /aborted|socket hang up|ECONNRESET/,
    );
    await sleep(50);
    await daemon.kill();
    await waiting;
    await expect(raw.get("/1.0")).rejects.toThrow(/ENOENT|ECONNREFUSED/);
    const after = clientOf(await embedded.start());
    expect((await after.get(`${CUSTOM}/data`)).status).toBe(200);
    expect((await after.get(String(body.operation))).status).toBe(404);
  });
});
