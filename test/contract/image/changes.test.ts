// Images after they were made: changed by the program, replaced by other content, changed by hand.
import { beforeEach, describe, expect, it } from "vitest";

import { type StackResource } from "../harness/stack";
import { describeImages, sha256 } from "./site";

describeImages("image changed", (site) => {
  let image: StackResource;
  beforeEach(() => {
    image = site.resource();
  });
  const name = (suffix: string): string => site.name(`-${suffix}`);

  describe("by the program", () => {
    it("in place takes what the program says and leaves what it never spoke of", async () => {
      await image.up(site.args({ aliases: [name("a"), name("b")], properties: { one: "1", two: "2" } }));
      await site.put({ properties: { ...(await site.image()).properties, theirs: "kept" } });
      await site.point(name("theirs"), sha256(site.bytes));
      const said = {
        aliases: [{ name: name("b"), description: "now" }, name("c")],
        properties: { two: "3", x: true },
      };
      expect(await image.up(site.args({ ...said, public: true }))).toBe("updated");
      const wire = await site.image();
      expect(wire).toMatchObject({ public: true });
      expect(wire.properties).toMatchObject({ two: "3", x: "true", theirs: "kept", os: "tiny" });
      expect(wire.properties).not.toHaveProperty("one");
      expect(wire.aliases).toEqual(
        expect.arrayContaining([
          { name: name("b"), description: "now" },
          { name: name("c"), description: "" },
          { name: name("theirs"), description: "by hand" },
        ]),
      );
      expect(wire.aliases).toHaveLength(3);
      expect(await image.up(site.args({ ...said, public: true }))).toBe("same");
    });

    it("keeps what the program cannot say: profiles and expiry", async () => {
      await image.up(site.args());
      await site.put({ profiles: [], expires_at: "2035-01-01T00:00:00Z" });
      expect(await image.up(site.args({ public: true }))).toBe("updated");
      expect(await site.image()).toMatchObject({ public: true, profiles: [], expires_at: "2035-01-01T00:00:00Z" });
    });

    it("content at the same path is a new image, which gets the aliases before the old one goes", async () => {
      await image.up(site.args({ aliases: [name("a")], properties: { kept: "yes" } }));
      const old = sha256(site.bytes);
      await site.write(site.content(`-new`));
      const said = site.args({ aliases: [name("a")], properties: { kept: "yes" } });
      expect(await image.preview(said)).toEqual({
        changes: true,
        replaces: ["fingerprint"],
        deleteBeforeReplace: false,
      });
      expect(await site.target(name("a"))).toBe(old);
      const { inputs } = await image.check(said);
      const next = site.resource();
      await next.create(inputs);
      expect(await site.target(name("a"))).toBe(sha256(site.bytes));
      expect(await site.find(old)).toBeDefined();
      await image.destroy();
      expect(await site.find(old)).toBeUndefined();
      expect(await site.target(name("a"))).toBe(sha256(site.bytes));
      expect((await site.image()).properties).toMatchObject({ kept: "yes" });
    });

    it("to another project is replaced there", async () => {
      const project = await site.project("q");
      await image.up(site.args({ aliases: [name("a")] }));
      expect(await image.up(site.args({ aliases: [name("a")], project }))).toBe("replaced");
      expect(await site.find()).toBeUndefined();
      expect(await site.find(sha256(site.bytes), project)).toBeDefined();
      await image.destroy();
    });

    it("under another URN keeps its aliases through a replacement", async () => {
      await image.up(site.args({ aliases: [name("a")] }));
      const old = sha256(site.bytes);
      await site.write(site.content(`-new`));
      // As Pulumi does for a resource with the option `aliases`: the old state, the new URN.
      const renamed = site.resource("-renamed");
      Object.assign(renamed, { id: image.id, inputs: image.inputs, outputs: image.outputs });
      expect(await renamed.up(site.args({ aliases: [name("a")] }))).toBe("replaced");
      expect(await site.target(name("a"))).toBe(sha256(site.bytes));
      expect(await site.find(old)).toBeUndefined();
    });
  });

  it("under another URN is deleted with its stack", async () => {
    await image.up(site.args());
    const renamed = site.resource("-renamed");
    Object.assign(renamed, { id: image.id, inputs: image.inputs, outputs: image.outputs });
    expect(await renamed.up(site.args({ public: true }))).toBe("updated");
    expect((await site.image()).properties["user.pulumi.owner"]).toBe(renamed.urn);
    await renamed.destroy();
    expect(await site.find()).toBeUndefined();
  });

  describe("by hand", () => {
    const said = (): Record<string, unknown> =>
      site.args({ aliases: [{ name: name("a"), description: "ours" }], properties: { one: "1" }, public: true });

    it.each([
      ["a property", () => site.put({ properties: { run: site.daemon.name("x"), one: "2" } }), "properties"],
      ["a property taken away", () => site.put({ properties: { run: site.daemon.name("x") } }), "properties"],
      ["publicity", () => site.put({ public: false }), "public"],
      [
        "an alias's description",
        () =>
          site.daemon.raw.put(`/1.0/images/aliases/${name("a")}`, {
            target: sha256(site.bytes),
            description: "by hand",
          }),
        "aliases",
      ],
      ["an alias taken away", () => site.remove(`/1.0/images/aliases/${name("a")}`), "aliases"],
    ])("%s is shown by refresh and put right by up", async (_what, change, key) => {
      await image.up(said());
      const before = await site.image();
      const inputs = structuredClone(image.inputs[key]);
      await change();
      expect(await image.refresh()).toBe(true);
      expect(image.inputs[key]).not.toEqual(inputs);
      expect(await image.up(said())).toBe("updated");
      const after = await site.image();
      expect(after.aliases).toEqual(before.aliases);
      expect(after).toMatchObject({ public: true });
      expect(after.properties).toMatchObject({ one: "1", "user.pulumi.owner": image.urn });
    });

    it("is gone after a refresh, and made again", async () => {
      await image.up(said());
      await site.remove();
      expect(await image.refresh()).toBe(false);
      expect(await image.up(said())).toBe("created");
      expect((await site.image()).aliases).toEqual([{ name: name("a"), description: "ours" }]);
    });

    it("counts as deleted when it is gone already", async () => {
      await image.up(said());
      await site.remove();
      await image.destroy();
      expect(await site.find()).toBeUndefined();
    });

    it("and made anew by somebody else, it is not deleted with the stack", async () => {
      await image.up(said());
      await site.remove();
      await site.upload(site.bytes);
      await image.destroy();
      expect(await site.find()).toBeDefined();
    });

    it("and robbed of its properties, it is still deleted with the stack", async () => {
      await image.up(said());
      await site.put({ properties: { run: site.daemon.name("x") } });
      await image.destroy();
      expect(await site.find()).toBeUndefined();
    });

    it("an alias that was moved to another image is left there at deletion", async () => {
      await image.up(said());
      const other = await site.upload(site.content(`-other`));
      await site.daemon.raw.put(`/1.0/images/aliases/${name("a")}`, { target: other, description: "" });
      await image.refresh();
      await image.destroy();
      expect(await site.target(name("a"))).toBe(other);
    });
  });
});
