// Images and aliases that are there already: whose they are, who may have them, and who takes them away.
import { beforeEach, describe, expect, it } from "vitest";

import { tinyImage } from "../harness";
import { type StackResource } from "../harness/stack";
import { describeImages, sha256 } from "./site";

describeImages("image found", (site) => {
  let image: StackResource;
  beforeEach(() => {
    image = site.resource();
  });
  const name = (suffix: string): string => site.name(`-${suffix}`);

  it("whose own metadata says that it is another stack's is the one's who uploads it", async () => {
    // As earlier versions of this provider wrote it into what they published.
    const properties = { run: site.name(), "user.pulumi.owner": "urn:pulumi:other::other::x::y" };
    await site.write(tinyImage({ properties }));
    await image.up(site.args());
    expect((await site.image()).properties).toMatchObject({ run: site.name(), "user.pulumi.owner": image.urn });
    await image.destroy();
    expect(await site.find()).toBeUndefined();
  });

  describe("found on the daemon already", () => {
    it("is taken over if a killed run of this resource has left it", async () => {
      // All that an upload has before its properties are set.
      await site.upload(site.bytes, {
        [site.daemon.header("filename")]: `${sha256(Buffer.from(image.urn)).slice(0, 16)}-x`,
      });
      expect(await image.up(site.args({ aliases: [name("a")], public: true }))).toBe("created");
      expect(await site.image()).toMatchObject({ public: true, aliases: [{ name: name("a") }] });
    });

    it("is refused if it is somebody else's, in the preview and at last at create", async () => {
      const checked = await image.check(site.args());
      await site.upload(site.bytes);
      const before = await site.image();
      const [failure] = await image.failures(site.args());
      expect(failure).toMatchObject({ property: "source.file" });
      expect(failure?.reason).toMatch(/image with this content already[^]*\[already-exists\][^]*\n/);
      await expect(image.create(checked.inputs)).rejects.toThrow(/already-exists/);
      expect(image.id).toBeUndefined();
      expect(await site.image()).toEqual(before);
    });

    it("is taken over if the program says so", async () => {
      await site.upload(site.bytes);
      expect(await image.up(site.args({ adopt: true, properties: { one: "1" } }))).toBe("created");
      expect((await site.image()).properties).toMatchObject({ one: "1", "user.pulumi.owner": image.urn });
      await image.destroy();
      expect(await site.find()).toBeUndefined();
    });

    it("belongs to both resources of a stack that have the same content, until the last one goes", async () => {
      await image.up(site.args());
      const second = site.resource("-second");
      expect(await second.up(site.args({ aliases: [name("second")] }))).toBe("created");
      await image.destroy();
      expect(await site.target(name("second"))).toBe(sha256(site.bytes));
      expect(await second.up(site.args({ aliases: [name("second")] }))).toBe("same");
      await second.destroy();
      expect(await site.find()).toBeUndefined();
    });
  });

  describe("with an alias that is taken", () => {
    let other = "";
    beforeEach(async () => {
      other = await site.upload(site.content(`-other`));
      await site.point(name("taken"), other);
    });

    it("is refused in the preview, each alias at its place, and nothing is made", async () => {
      await site.point(name("too"), other);
      const failures = await image.failures(site.args({ aliases: [name("free"), name("taken"), name("too")] }));
      expect(failures.map((failure) => failure.property)).toEqual(["aliases[1]", "aliases[2]"]);
      expect(failures[0]?.reason).toMatch(/"[^"]*taken" belongs to the image [0-9a-f]{12} \[already-exists\]\n/);
      expect(await site.find()).toBeUndefined();
      expect(await site.target(name("taken"))).toBe(other);
    });

    it("between preview and create is a partial create, which the next up completes", async () => {
      const late = name("late");
      const { inputs } = await image.check(site.args({ aliases: [late], properties: { one: "1" } }));
      await site.point(late, other);
      await expect(image.create(inputs)).rejects.toThrow(/create image .*"[^"]*late" belongs to the image/);
      expect(image).toMatchObject({ id: `default/${sha256(site.bytes)}`, failed: true });
      expect(await site.target(late)).toBe(other);
      await site.daemon.raw.delete(`/1.0/images/aliases/${late}`);
      expect(await image.up(site.args({ aliases: [late], properties: { one: "1" } }))).toBe("updated");
      expect(await site.target(late)).toBe(sha256(site.bytes));
      await image.destroy();
      expect(await site.find()).toBeUndefined();
    });
  });
});
