// Images of instances: what goes into them, whose they are, and what the server cannot do.
import { gunzipSync } from "node:zlib";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";

import { makeInstance, setState, tinyMetadata } from "../harness";
import { type StackResource } from "../harness/stack";
import { noRealContainer, runInContainer } from "./guests";
import { describeImages } from "./site";

describeImages("image of an instance", (site) => {
  const { daemon } = site;
  const container = (fingerprint: unknown): object => ({
    source: { type: "image", fingerprint },
    type: "container",
    config: {},
    devices: { root: { type: "disk", path: "/", pool: "default" } },
  });
  let instance = "";
  let image: StackResource;
  beforeAll(async () => {
    await makeInstance(daemon, "base", container(await site.upload(site.content("-base"))));
    instance = daemon.name("base");
  });
  beforeEach(() => {
    image = site.resource();
  });
  const args = (more: object = {}, said: object = {}): Record<string, unknown> => ({
    source: { instance, compression: "none", ...more },
    properties: { run: site.name() },
    ...said,
  });
  const published = async (resource: StackResource, said: Record<string, unknown>): Promise<string> => {
    await resource.up(said);
    return String(resource.outputs["fingerprint"]);
  };

  /** The metadata in the image itself, which goes wherever its file goes. */
  const metadataOf = async (fingerprint: string): Promise<string> => {
    const { bytes } = await daemon.raw.get(`/1.0/images/${fingerprint}/export`);
    const tar = bytes[0] === 0x1f ? gunzipSync(bytes) : bytes;
    return tar.subarray(tar.indexOf("metadata.yaml"), tar.indexOf("metadata.yaml") + 4096).toString("latin1");
  };

  it("has what the program says in it, and nothing of the stack", async () => {
    const expiresAt = "2035-01-01T00:00:00Z";
    const fingerprint = await published(
      image,
      args({}, { properties: { run: site.name(), os: "Mine", empty: "" }, expiresAt, public: true }),
    );
    const wire = await site.image(fingerprint);
    expect(wire).toMatchObject({ public: true, expires_at: expiresAt });
    expect(wire.properties).toMatchObject({ os: "Mine", run: site.name() });
    expect(Object.values(wire.properties)).toContain(image.urn);
    expect(wire.properties).not.toHaveProperty("empty");
    const metadata = await metadataOf(fingerprint);
    expect(metadata).toContain("Mine");
    expect(metadata).not.toContain("user.pulumi");
    expect(metadata).toMatch(new RegExp(`"?expiry_date"?: ?${Date.parse(expiresAt) / 1000}`));
    await image.destroy();
  });

  it("that was made of an image of another stack is this stack's alone", async () => {
    // As earlier versions of this provider wrote it into what they published.
    const theirs = { "user.pulumi.owner.12345678": "urn:pulumi:other::other::x::y" };
    const base = await site.upload(site.content("-theirs", { metadata: tinyMetadata(theirs) }));
    await makeInstance(daemon, `${site.count}-theirs`, container(base));
    const source = { instance: site.name("-theirs"), compression: "none" };
    const fingerprint = await published(image, { source, properties: { run: site.name() } });
    const { properties } = await site.image(fingerprint);
    expect(Object.values(properties)).toContain(image.urn);
    expect(properties).not.toHaveProperty("user.pulumi.owner.12345678");
    await image.destroy();
    expect(await site.find(fingerprint)).toBeUndefined();
    await site.remove(`/1.0/images/${base}`);
  });

  it("that was published before is another image, and goes without it", async () => {
    const first = await published(image, args());
    await makeInstance(daemon, `${site.count}-next`, container(first));
    const next = site.resource("-next");
    const source = { instance: site.name("-next"), compression: "none" };
    const second = await published(next, { source, properties: { run: site.name("-next") } });
    expect((await image.check(args())).inputs["fingerprint"]).toBe(first);
    await next.destroy();
    expect(await site.find(second)).toBeUndefined();
    expect(await image.up(args())).toBe("same");
    await image.destroy();
    expect(await site.find(first)).toBeUndefined();
  });

  it("is found again after a run that was killed before anything could be written on it", async () => {
    const { inputs } = await image.check(args());
    await image.create(inputs);
    const fingerprint = String(image.outputs["fingerprint"]);
    const { public: isPublic, auto_update, profiles, expires_at } = await site.image(fingerprint);
    const bare = { public: isPublic, auto_update, profiles, expires_at, properties: { run: site.name() } };
    expect(await daemon.settle(daemon.raw.put(`/1.0/images/${fingerprint}`, bare))).toMatchObject({ ok: true });
    const restarted = site.resource();
    await restarted.up(args());
    expect(restarted.outputs["fingerprint"]).toBe(fingerprint);
    await restarted.destroy();
    expect(await site.find(fingerprint)).toBeUndefined();
  });

  const hasSplit = (): string | undefined =>
    daemon.has("instance_publish_split") ? "the server can do it" : undefined;
  daemon.test("in two files is refused in the preview where the server cannot", { missing: hasSplit }, async () => {
    const [failure, ...others] = await image.failures(args({ format: "split" }));
    expect(others).toEqual([]);
    expect(failure?.property).toBe("source.format");
    expect(failure?.reason).toMatch(/has no images of instances in two files[^]*Use Incus 6\.0\.5 LTS or Incus 6\.13/);
    expect(await image.failures(args({ format: "spilt" }))).toMatchObject([{ property: "source.format" }]);
    expect(await image.failures(args({ format: "unified" }))).toEqual([]);
  });

  it("packed in a way that no server knows is refused", async () => {
    expect(await image.failures(args({ compression: "gzpi -1" }))).toEqual([
      { property: "source.compression", reason: expect.stringMatching(/one of none, gzip, .*"zstd -19"/) as string },
    ]);
  });

  describe("of a real container", () => {
    const missing = (): string | undefined => noRealContainer(site);
    daemon.test("runs, with what was in it", { missing, timeoutMs: 120_000 }, async () => {
      const path = `/1.0/instances/${instance}`;
      await setState(daemon, path, { action: "start" });
      const exec = { command: ["/bin/sh", "-c", "echo kept >/kept"], "wait-for-websocket": false };
      expect(await daemon.settle(daemon.raw.post(`${path}/exec`, exec))).toMatchObject({ metadata: { return: 0 } });
      const fingerprint = await published(image, args({ stopRunning: true, compression: "gzip -1" }));
      await setState(daemon, path, { action: "stop", force: true });
      expect(await runInContainer(site, fingerprint, "read line </kept && echo $line")).toBe("kept\n");
      expect((await daemon.raw.get(`/1.0/images/${fingerprint}/export`)).bytes.subarray(0, 2).toString("hex")).toBe(
        "1f8b",
      );
    });

    daemon.test("packed by a program that the server has not, says what to do", { missing }, async () => {
      await expect(image.up(args({ compression: "lz4 -9" }))).rejects.toThrow(
        /compression algorithm "lz4"[^]*The server does not support compression: "lz4 -9"\. Every server supports gzip/i,
      );
      expect(image.id).toBeUndefined();
    });
  });
});
