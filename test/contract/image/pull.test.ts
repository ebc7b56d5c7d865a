// Images pulled from an image server: by alias and fingerprint, once for all who want them, and nobody's taken away.
import { afterAll, beforeAll, beforeEach, expect } from "vitest";

import { makeInstance } from "../harness";
import { type StackResource } from "../harness/stack";
import { ImageServer } from "./image-server";
import { describeImages, sha256 } from "./site";

describeImages("image pulled", (site) => {
  const { daemon } = site;
  let server: ImageServer;
  let image: StackResource;
  let alias = "";
  const served: string[] = [];

  const missing = (): string | undefined => ImageServer.missing();
  const missingCache = (): string | undefined =>
    daemon.kind.startsWith("embedded") ? "the embedded daemon caches no images" : missing();
  const test = (title: string, run: () => Promise<void>, lacks = missing): void =>
    daemon.test(title, { missing: lacks, timeoutMs: 60_000 }, run);
  const name = (suffix: string): string => site.name(`-${suffix}`);
  const source = (more: object = { alias }): object => ({
    server: server.url,
    protocol: "incus",
    certificate: server.certificate,
    ...more,
  });

  /** An instance made straight from the server leaves its image in the daemon's cache. */
  const haveCached = async (): Promise<void> => {
    const { server: url, protocol, certificate } = source() as Record<string, string>;
    const spoken = daemon.product === "lxd" ? "lxd" : protocol;
    await makeInstance(daemon, `${site.count}-i`, {
      type: "container",
      config: {},
      source: { type: "image", mode: "pull", server: url, protocol: spoken, certificate, alias },
      devices: { root: { type: "disk", path: "/", pool: "default" } },
    });
  };

  beforeAll(async () => {
    if (missing() === undefined) server = await ImageServer.start();
  });
  afterAll(async () => {
    for (const fingerprint of served) await server.remove(fingerprint);
  });
  beforeEach(async () => {
    if (missing() !== undefined) return;
    image = site.resource();
    alias = name("served");
    await server.put(site.bytes, alias);
    served.push(sha256(site.bytes));
  });

  test("by alias is there with what the program says, and the same image ever after", async () => {
    const args = { source: source(), aliases: [name("a")], properties: { one: "1" }, public: true };
    expect((await image.check(args)).inputs).not.toHaveProperty("fingerprint");
    await image.up(args);
    expect(image.id).toBe(`default/${sha256(site.bytes)}`);
    const wire = await site.image();
    expect(wire).toMatchObject({ public: true, auto_update: false, aliases: [{ name: name("a"), description: "" }] });
    expect(wire.properties).toMatchObject({ one: "1", run: site.name() });
    expect(await image.up(args)).toBe("same");
    expect((await image.check(args)).inputs["fingerprint"]).toBe(sha256(site.bytes));
    expect(await image.up({ source: source(), properties: { one: "2" } })).toBe("updated");
    await image.destroy();
    expect(await site.find()).toBeUndefined();
  });

  test("is asked for again when it is replaced, and stays if it is still the same", async () => {
    const args = { source: source(), aliases: [name("a")] };
    await image.up(args);
    await image.replace(args, { fails: true });
    expect(await image.up(args)).toBe("same");
    expect(await site.target(name("a"))).toBe(sha256(site.bytes));
    const newer = site.content("-newer");
    await server.move(alias, newer);
    served.push(sha256(newer));
    await image.replace(args, { fails: true });
    expect(image.outputs["fingerprint"]).toBe(sha256(newer));
    expect(await image.up(args)).toBe("same");
    expect(await site.find()).toBeUndefined();
    expect(await site.target(name("a"))).toBe(sha256(newer));
    await image.destroy();
    expect(await site.find(sha256(newer))).toBeUndefined();
  });

  test("by fingerprint is known in the preview", async () => {
    const args = { source: source({ fingerprint: sha256(site.bytes) }) };
    expect((await image.check(args)).inputs["fingerprint"]).toBe(sha256(site.bytes));
    await image.up(args);
    expect(await site.image()).toBeDefined();
    expect(await image.up({ source: source(), aliases: [name("a")] })).toBe("replaced");
    expect(await site.target(name("a"))).toBe(sha256(site.bytes));
    await image.refresh();
    await image.destroy();
    expect(await site.find()).toBeUndefined();
  });

  test("belongs to nobody who has it on the server", async () => {
    const owner = "urn:pulumi:dev::elsewhere::pulumi-nodejs:dynamic/lxd:Image::built";
    const own = { "user.pulumi.owner": owner, "user.pulumi.version": "1", flavor: "vanilla" };
    const path = `/1.0/images/${sha256(site.bytes)}`;
    const { properties } = (await server.raw.get(path)).body.metadata as { properties: object };
    await server.raw.patch(path, { properties: { ...properties, ...own } });
    await image.up({ source: source() });
    const wire = await site.image();
    expect(wire.properties["flavor"]).toBe("vanilla");
    expect(Object.values(wire.properties)).not.toContain(owner);
    expect(wire.properties["user.pulumi.version"]).toBeUndefined();
    await image.destroy();
    expect(await site.find()).toBeUndefined();
  });

  test("by many resources of many stacks at once is pulled once, and goes with the last", async () => {
    const many = Array.from({ length: 6 }, (_, i) => {
      const resource = site.resource(`-${i}`);
      const urn = resource.urn.replace("::", `-stack${i % 2}::`).replace("urn:pulumi:test", `urn:pulumi:s${i % 2}`);
      return Object.assign(resource, { urn });
    });
    await Promise.all(many.map((each, i) => each.up({ source: source(), aliases: [name(String(i))] })));
    const wire = await site.image();
    expect(wire.aliases).toHaveLength(6);
    for (const [i, each] of many.entries()) {
      expect(await each.up({ source: source(), aliases: [name(String(i))] })).toBe("same");
    }
    for (const each of many.slice(0, -1)) await each.destroy();
    expect((await site.image()).aliases).toEqual([{ name: name("5"), description: "" }]);
    await many.at(-1)?.destroy();
    expect(await site.find()).toBeUndefined();
  });

  test("that somebody else has here is refused, and left as it was", async () => {
    await site.upload(site.bytes);
    await site.point(name("theirs"), sha256(site.bytes));
    await site.put({ public: true, properties: { run: site.name(), theirs: "yes" }, profiles: [] });
    const before = await site.image();
    await expect(image.up({ source: source() })).rejects.toThrow(/image with this content already[^]*adopt: true/);
    const after = await site.image();
    expect({ ...after, last_used_at: "" }).toEqual({ ...before, last_used_at: "" });
    const byFingerprint = { source: source({ fingerprint: sha256(site.bytes) }) };
    expect(await image.failures(byFingerprint)).toMatchObject([{ property: "source.server" }]);
    expect(await image.up({ source: source(), adopt: true })).toBe("created");
    expect((await site.image()).properties).toMatchObject({ theirs: "yes" });
    await image.destroy();
    expect(await site.find()).toBeUndefined();
  });

  test(
    "that the daemon has only cached is taken, and expires no more",
    async () => {
      await haveCached();
      expect(await site.image()).toMatchObject({ cached: true });
      const [failure] = await image.failures({ __import: `default/${sha256(site.bytes)}` });
      expect(failure?.reason).toMatch(/^import: the daemon caches this image[^]*\n.*with its source/);
      await image.up({ source: source() });
      expect(await site.image()).toMatchObject({ cached: false });
      await image.destroy();
    },
    missingCache,
  );

  test(
    "and cached is taken by its fingerprint as well",
    async () => {
      await haveCached();
      await image.up({ source: source({ fingerprint: sha256(site.bytes) }) });
      expect(await site.image()).toMatchObject({ cached: false });
    },
    missingCache,
  );

  test("that the server has not, or not for everybody, is an error that leaves nothing", async () => {
    await expect(image.up({ source: source({ alias: "nope" }) })).rejects.toThrow(
      /^create image default\/nope from http/,
    );
    expect(image.id).toBeUndefined();
    const secret = site.content("-private");
    await server.put(secret, name("private"), { isPublic: false });
    served.push(sha256(secret));
    await expect(image.up({ source: source({ alias: name("private") }) })).rejects.toThrow(/→ (404|500)/);
    expect(await site.find(sha256(secret))).toBeUndefined();
  });

  test("from a server that is not there, or not trusted, says so", async () => {
    const refused = { server: "https://127.0.0.1:1", protocol: "incus", alias };
    await expect(image.up({ source: refused })).rejects.toThrow(/127\.0\.0\.1:1[^]*refused/);
    await expect(image.up({ source: source({ alias, certificate: undefined }) })).rejects.toThrow(/x509|certificate/);
  });

  test("is pulled from a project of the server", async () => {
    const project = name("p");
    await server.raw.post("/1.0/projects", { name: project, config: { "features.images": "true" } });
    try {
      const bytes = site.content("-of-project");
      await server.put(bytes, name("of-project"), { project });
      await image.up({ source: source({ alias: name("of-project"), project }) });
      expect((await site.image(sha256(bytes))).properties).toMatchObject({ run: site.name("-of-project") });
      await image.destroy();
      await server.remove(sha256(bytes), project);
    } finally {
      await server.raw.delete(`/1.0/projects/${project}`);
    }
  });
});
