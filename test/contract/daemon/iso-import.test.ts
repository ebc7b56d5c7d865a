// Importing an ISO: a body and two headers, everything else is looked at when it is too late.
import { PassThrough } from "node:stream";
import { expect } from "vitest";

import { describeEachDaemon, operationCode, tinyIso } from "../harness";

const ISO = { needs: ["custom_volume_iso"] };
const CUSTOM = "/1.0/storage-pools/default/volumes/custom";

describeEachDaemon("ISO import", (daemon) => {
  const headers = (name: string, type = "iso") => ({
    "Content-Type": "application/octet-stream",
    [daemon.header("name")]: name,
    [daemon.header("type")]: type,
  });
  const importTo = (path: string, suffix: string, body = tinyIso()) =>
    daemon.raw.post(path, body, headers(daemon.name(suffix)));

  daemon.test("makes a volume of exactly the bytes' size", ISO, async () => {
    const reply = await importTo(CUSTOM, "plain");
    expect(reply.status).toBe(202);
    const outcome = await daemon.settle(reply);
    expect(outcome).toMatchObject({ ok: true });
    expect(outcome.operation).toMatchObject({ description: "Creating storage volume" });
    const { status, body } = await daemon.raw.get(`${CUSTOM}/${daemon.name("plain")}`);
    expect(status).toBe(200);
    expect(body.metadata).toMatchObject({
      name: daemon.name("plain"),
      type: "custom",
      content_type: "iso",
      config: { size: String(tinyIso().length) },
      description: "",
      location: "none",
      project: "default",
    });
  });

  daemon.test("takes a chunked body of any bytes", ISO, async () => {
    const body = new PassThrough();
    body.end(Buffer.alloc(1000, "x"));
    const outcome = await daemon.settle(daemon.raw.post(CUSTOM, body, headers(daemon.name("chunked"))));
    expect(outcome).toMatchObject({ ok: true });
    const volume = await daemon.raw.get(`${CUSTOM}/${daemon.name("chunked")}`);
    expect(volume.body.metadata).toMatchObject({ config: { size: "1000" } });
  });

  daemon.test("accepts the collection of all types, and the target none", ISO, async () => {
    const volumes = "/1.0/storage-pools/default/volumes";
    expect(await daemon.settle(importTo(volumes, "typeless"))).toMatchObject({ ok: true });
    expect(await daemon.settle(importTo(`${CUSTOM}?target=none`, "targeted"))).toMatchObject({ ok: true });
  });

  daemon.test("says only in the operation that the name is taken", ISO, async () => {
    await daemon.settle(importTo(CUSTOM, "taken"));
    const outcome = await daemon.settle(importTo(CUSTOM, "taken"));
    expect(outcome).toMatchObject({ ok: false, wasAsync: true, code: operationCode(daemon, 500) });
    expect(outcome.error).toMatch(
      daemon.product === "incus"
        ? /^Failed creating custom volume from ISO: Cannot create volume, already exists on target storage$/
        : /already exists/,
    );
  });

  daemon.test("says only in the operation that the pool does not exist", ISO, async () => {
    const outcome = await daemon.settle(importTo("/1.0/storage-pools/nope/volumes/custom", "poolless"));
    expect(outcome).toMatchObject({
      ok: false,
      wasAsync: true,
      code: operationCode(daemon, 404),
      error: "Storage pool not found",
    });
  });

  daemon.test("refuses an empty body in the operation", ISO, async () => {
    const outcome = await daemon.settle(importTo(CUSTOM, "empty", Buffer.alloc(0)));
    expect(outcome).toMatchObject({ ok: false, wasAsync: true, code: operationCode(daemon, 500) });
    expect(outcome.error).toContain("Size cannot be zero");
    expect((await daemon.raw.get(`${CUSTOM}/${daemon.name("empty")}`)).status).toBe(404);
  });

  daemon.test("needs a name", ISO, async () => {
    const reply = await daemon.raw.post(CUSTOM, tinyIso(), headers(""));
    expect([reply.status, reply.body.error]).toEqual([400, "Missing volume name"]);
  });

  daemon.test("needs a project that exists", ISO, async () => {
    const reply = await importTo(`${CUSTOM}?project=nope`, "projectless");
    expect([reply.status, reply.body.error]).toEqual([404, 'Failed to load project "nope": Project not found']);
  });

  daemon.test("answers before it has the body, where it can", ISO, async () => {
    const large = Buffer.alloc(8 << 20);
    const reply = await importTo(`${CUSTOM}?project=nope`, "early", large);
    expect(reply.status).toBe(404);
  });

  daemon.test("knows no cluster member", ISO, async () => {
    const reply = await importTo(`${CUSTOM}?target=nope`, "memberless");
    expect(reply.status).toBe(404);
  });

  daemon.test("takes another type for a backup", {}, async () => {
    const reply = await daemon.raw.post(CUSTOM, tinyIso(), headers(daemon.name("backup"), "other"));
    expect([reply.status, reply.body.error]).toEqual([500, "Unsupported compression"]);
  });

  daemon.test("reads the other product's headers not at all", {}, async () => {
    const family = daemon.product === "incus" ? "X-LXD" : "X-Incus";
    const reply = await daemon.raw.post(CUSTOM, tinyIso(), {
      "Content-Type": "application/octet-stream",
      [`${family}-name`]: daemon.name("foreign"),
      [`${family}-type`]: "iso",
    });
    expect([reply.status, reply.body.error]).toEqual([500, "Unsupported compression"]);
  });

  daemon.test("takes a Content-Type with parameters for JSON", {}, async () => {
    const type = { "Content-Type": "application/octet-stream; charset=utf-8" };
    const reply = await daemon.raw.post(CUSTOM, Buffer.alloc(100, "x"), { ...headers(daemon.name("json")), ...type });
    expect([reply.status, reply.body.error]).toEqual([400, "invalid character 'x' looking for beginning of value"]);
  });

  const canImport = (): string | undefined =>
    daemon.has("custom_volume_iso") ? "a server without the API extension custom_volume_iso" : undefined;
  daemon.test("cannot import ISOs without the extension", { missing: canImport }, async () => {
    const reply = await importTo(CUSTOM, "too-old");
    expect([reply.status, reply.body.error]).toEqual([500, "Unsupported compression"]);
  });
});
