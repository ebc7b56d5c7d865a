// Images from a file as resources: made, shown in the preview, refused.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";

import { tinyImage, tinyMetadata } from "../harness";
import { type StackResource, unknown } from "../harness/stack";
import { describeImages, sha256 } from "./site";

describeImages("image", (site) => {
  let image: StackResource;
  beforeEach(() => {
    image = site.resource();
  });
  const name = (suffix: string): string => site.name(`-${suffix}`);

  describe("made from a file", () => {
    it("has the file's bytes, and what the program says of it", async () => {
      const aliases = [name("a"), { name: name("b/c"), description: "second" }];
      const said = { aliases, properties: { release: 12, "k e=y&": "v%20+ü", os: "other" }, public: true };
      expect(await image.up(site.args(said))).toBe("created");
      expect(image.id).toBe(`default/${sha256(site.bytes)}`);
      const wire = await site.image();
      expect(wire).toMatchObject({
        size: site.bytes.length,
        public: true,
        type: "container",
        filename: expect.stringMatching(`^[0-9a-f]{16}-${site.count}\\.tar\\.gz$`) as string,
      });
      expect(wire.properties).toMatchObject({ release: "12", "k e=y&": "v%20+ü", os: "other" });
      expect(wire.properties["run"]).toBe(site.name());
      expect(wire.properties["user.pulumi.owner"]).toBe(image.urn);
      expect(wire.aliases).toHaveLength(2);
      expect(wire.aliases).toEqual(
        expect.arrayContaining([
          { name: name("a"), description: "" },
          { name: name("b/c"), description: "second" },
        ]),
      );
      const exported = await site.daemon.raw.get(`/1.0/images/${sha256(site.bytes)}/export`);
      expect(sha256(exported.bytes)).toBe(sha256(site.bytes));
      const outputs = {
        fingerprint: sha256(site.bytes),
        type: "container",
        architecture: "x86_64",
        project: "default",
      };
      expect(image.outputs).toMatchObject({ ...outputs, sizeBytes: site.bytes.length, public: true });
    });

    it("may be a virtual machine's, and lie in a project of its own", async () => {
      const project = await site.project("p");
      await site.write(site.content("vm", { type: "virtual-machine" }));
      await image.up(site.args({ project, aliases: [name("vm")] }));
      expect(await site.find(sha256(site.bytes), project)).toMatchObject({ type: "virtual-machine" });
      expect(await site.find()).toBeUndefined();
      expect(image.outputs).toMatchObject({ project, type: "virtual-machine" });
      await image.destroy();
      expect(await site.find(sha256(site.bytes), project)).toBeUndefined();
    });

    it("shows its fingerprint before anything is made", async () => {
      const { inputs } = await image.check(site.args());
      expect(inputs["fingerprint"]).toBe(sha256(site.bytes));
      // Of what the program leaves to the provider, only what was computed is stored.
      expect(
        Object.keys(inputs)
          .filter((key) => !key.startsWith("__"))
          .sort(),
      ).toEqual(["fingerprint", "project", "remote", "source"]);
      expect(await site.find()).toBeUndefined();
    });

    it("does nothing the second time, nor after a refresh", async () => {
      const said = { aliases: [name("b"), name("a")], properties: { n: 1, empty: "", os: "" } };
      await image.up(site.args(said));
      const before = await site.image();
      expect(before.properties).not.toHaveProperty("os");
      expect(await image.up(site.args(said))).toBe("same");
      expect(await image.refresh()).toBe(true);
      expect(await image.up(site.args(said))).toBe("same");
      expect(await site.image()).toEqual(before);
    });

    it("may have no properties in its metadata, of which both daemons die when any come with it", async () => {
      await site.write(tinyImage({ metadata: `${tinyMetadata()}expiry_date: ${1_900_000_000 + site.count}\n` }));
      await image.up(site.args({ properties: { run: site.name() } }));
      const record = `user.pulumi.settings.${sha256(Buffer.from(image.urn)).slice(0, 8)}`;
      const own = { "user.pulumi.owner": image.urn, [record]: expect.any(String) as string };
      expect((await site.image()).properties).toEqual({ run: site.name(), ...own });
    });

    it("is the same when only the file's path changes", async () => {
      await image.up(site.args());
      const moved = join(site.dir, `moved-${site.count}.tar.gz`);
      await writeFile(moved, site.bytes);
      expect(await image.up({ source: { file: moved } })).toBe("same");
    });
  });

  describe("that cannot be made", () => {
    it("tells all that is wrong at once, each with its path", async () => {
      const wrong = { source: { file: join(site.dir, "absent") }, aliases: [name("x"), name("x"), ""], publik: true };
      const failures = await image.failures({ ...wrong, properties: { "user.pulumi.owner": "me" }, project: "nope" });
      expect(Object.fromEntries(failures.map(({ property, reason }) => [property, reason]))).toMatchObject({
        publik: expect.stringContaining('did you mean "public"') as string,
        aliases: expect.stringContaining("twice") as string,
        "aliases[2]": expect.any(String) as string,
        "properties.user.pulumi.owner": expect.stringContaining("reserved for this provider") as string,
        "source.file": expect.stringContaining("there is no file") as string,
        project: expect.stringContaining('no project "nope"') as string,
      });
    });

    it.each([
      ["a folder", () => Promise.resolve(site.dir), /is a folder/],
      ["an empty file", () => writeFile(site.file, "").then(() => site.file), /is empty/],
    ])("because the file is %s says so in the preview", async (_what, path, reason) => {
      const failures = await image.failures({ source: { file: await path() } });
      expect(failures).toEqual([{ property: "source.file", reason: expect.stringMatching(reason) as string }]);
    });

    it("because the file is no image leaves nothing", async () => {
      // Nothing that can be recognised: the daemon decides.
      site.bytes = Buffer.alloc(5000, Buffer.from(`\x90${site.daemon.prefix}no image`, "latin1"));
      await writeFile(site.file, site.bytes);
      await expect(image.up(site.args({ aliases: [name("a")] }))).rejects.toThrow(/^create image default\/[^]*→/);
      expect(image.id).toBeUndefined();
      expect(await site.find()).toBeUndefined();
      expect(await site.target(name("a"))).toBeUndefined();
    });

    it("because the file is another than in the preview leaves nothing", async () => {
      const { inputs } = await image.check(site.args());
      await writeFile(site.file, site.content(`-changed`));
      await expect(image.create(inputs)).rejects.toThrow(/has changed since the preview \[content-mismatch\]/);
      expect(image.id).toBeUndefined();
      const there = await site.fingerprints();
      for (const bytes of [site.bytes, site.content(`-changed`)]) expect(there).not.toContain(sha256(bytes));
    });
  });

  describe("in a preview with unknown values", () => {
    it.each([
      ["source", { source: unknown }],
      ["source.file", { source: { file: unknown } }],
      ["aliases", { aliases: unknown }],
      ["an alias", { aliases: [unknown, name("known")] }],
      ["an alias's name", { aliases: [{ name: unknown, description: unknown }] }],
      ["properties", { properties: unknown }],
      ["a property", { properties: { one: unknown } }],
      ["public", { public: unknown }],
      ["project", { project: unknown }],
      ["remote", { remote: unknown }],
      ["the socket", { remote: { socket: unknown } }],
    ])("lets %s pass", async (_what, more) => {
      const { inputs, failures } = await image.check(site.args(more));
      expect(failures).toEqual([]);
      expect(JSON.stringify(inputs)).toContain(unknown);
      await image.up(site.args());
      expect((await image.check(site.args(more))).failures).toEqual([]);
    });
  });
});
