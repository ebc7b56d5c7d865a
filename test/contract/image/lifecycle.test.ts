// Images through replacements and failed runs: nothing that a live state holds is deleted, and nothing is left behind.
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { SlowSocket } from "../../e2e/harness/slow-socket";
import { makeInstance } from "../harness";
import { StackResource } from "../harness/stack";
import { describeImages, sha256 } from "./site";

describeImages("image of two states", (site) => {
  let image: StackResource;
  beforeEach(() => {
    image = site.resource();
  });
  const name = (suffix: string): string => site.name(`-${suffix}`);
  const failing = { fails: true };

  describe("replaced by the same content", () => {
    it("stays, and goes with the resource", async () => {
      const args = site.args({ aliases: [name("a")] });
      await image.up(args);
      await image.replace(args);
      expect(await site.target(name("a"))).toBe(sha256(site.bytes));
      expect(await image.up(args)).toBe("same");
      await image.destroy();
      expect(await site.find()).toBeUndefined();
    });

    it("stays when the old state is deleted by a later run", async () => {
      const args = site.args({ aliases: [name("a")] });
      await image.up(args);
      await image.replace(args, failing);
      expect(await image.up(args)).toBe("same");
      expect(image.replaced).toEqual([]);
      expect(await site.target(name("a"))).toBe(sha256(site.bytes));
      await image.destroy();
      expect(await site.find()).toBeUndefined();
    });

    it("goes once with two states of it", async () => {
      await image.up(site.args());
      await image.replace(site.args(), failing);
      await image.destroy();
      expect(await site.find()).toBeUndefined();
    });

    it("is left as it is by content that was changed and changed back in runs that failed", async () => {
      const args = site.args({ aliases: [name("a")] });
      const first = site.bytes;
      await image.up(args);
      await site.write(site.content("-other"));
      const other = sha256(site.bytes);
      expect(await image.up(args, failing)).toBe("replaced");
      expect(await site.target(name("a"))).toBe(other);
      await site.write(first);
      expect(await image.up(args, failing)).toBe("replaced");
      expect(image.replaced).toHaveLength(2);
      expect(await image.up(args)).toBe("same");
      expect(await site.target(name("a"))).toBe(sha256(first));
      expect(await site.find(other)).toBeUndefined();
      await image.destroy();
      expect(await site.find()).toBeUndefined();
    });
  });

  it("under another URN belongs to that alone, when the old one is deleted by a later run", async () => {
    await image.up(site.args({ aliases: [name("a")] }));
    const moved = site.resource("-moved");
    await moved.up(site.args());
    await image.destroy();
    expect(Object.values((await site.image()).properties)).toContain(moved.urn);
    expect(Object.values((await site.image()).properties)).not.toContain(image.urn);
    expect(await moved.up(site.args())).toBe("same");
    await moved.destroy();
    expect(await site.find()).toBeUndefined();
  });

  it("keeps an alias that a failed update was to take away, until one does it", async () => {
    const other = await site.upload(site.content("-other"));
    await site.point(name("taken"), other);
    await image.up(site.args({ aliases: [name("old")] }));
    await expect(image.up(site.args({ aliases: [name("new"), name("taken")] }))).rejects.toThrow(
      "belongs to the image",
    );
    expect(await site.target(name("new"))).toBe(sha256(site.bytes));
    expect(await image.up(site.args({ aliases: [name("new")] }))).toBe("updated");
    expect((await site.image()).aliases.map((each) => each.name)).toEqual([name("new")]);
  });

  it("is brought again by an update, if it is gone", async () => {
    await image.up(site.args({ aliases: [name("a")] }));
    await site.remove();
    expect(await image.up(site.args({ aliases: [name("a")], public: true }))).toBe("updated");
    expect(await site.image()).toMatchObject({ public: true, aliases: [{ name: name("a") }] });
  });

  it("is a stranger, if somebody has deleted and uploaded it again", async () => {
    await image.up(site.args());
    await site.remove();
    await site.upload(site.bytes);
    await expect(image.up(site.args({ public: true }))).rejects.toThrow(
      /does not belong to this stack \[already-exists\]/,
    );
    expect((await site.image()).properties).not.toHaveProperty("user.pulumi.owner");
    expect(await image.refresh()).toBe(false);
  });

  describe("of an instance", () => {
    let instance = "";
    beforeAll(async () => {
      const fingerprint = await site.upload(site.content("-base"));
      const devices = { root: { type: "disk", path: "/", pool: "default" } };
      await makeInstance(site.daemon, "base", {
        source: { type: "image", fingerprint },
        ...{ type: "container", config: {}, devices },
      });
      instance = site.daemon.name("base");
    });
    const args = (): Record<string, unknown> => ({
      source: { instance, compression: "none" },
      properties: { run: site.name() },
      aliases: [name("a")],
    });
    const fingerprint = (): string => String(image.outputs["fingerprint"]);
    const ours = async (): Promise<string[]> => {
      const { body } = await site.daemon.raw.get("/1.0/images?recursion=1");
      const all = body.metadata as { fingerprint: string; properties: Record<string, string> }[];
      return all.filter(({ properties }) => properties["run"] === site.name()).map((each) => each.fingerprint);
    };

    it("is published again when it is replaced", async () => {
      await image.up(args());
      const first = fingerprint();
      await image.replace(args());
      expect(fingerprint()).not.toBe(first);
      expect(await ours()).toEqual([fingerprint()]);
      expect(await site.target(name("a"))).toBe(fingerprint());
      expect(await image.up(args())).toBe("same");
      await image.destroy();
      expect(await ours()).toEqual([]);
    });

    it("is the new one also when the old one is deleted by a later run", async () => {
      await image.up(args());
      const first = fingerprint();
      await image.replace(args(), failing);
      expect((await ours()).sort()).toEqual([first, fingerprint()].sort());
      expect((await image.check(args())).inputs["fingerprint"]).toBe(fingerprint());
      expect(await image.up({ ...args(), public: true })).toBe("updated");
      expect(await ours()).toEqual([fingerprint()]);
      await image.destroy();
      expect(await ours()).toEqual([]);
    });

    const moments: [title: string, line: RegExp][] = [
      ["packed", /^POST .*images$/],
      ["claimed", /^PUT .*images\/[0-9a-f]{64}$/],
      ["given its alias", /^POST .*aliases$/],
    ];
    for (const [title, line] of moments) {
      it(`is gone on with after a kill while it was ${title}`, async () => {
        const slow = new SlowSocket(site.daemon.socket);
        await slow.start();
        const killed = new StackResource("Image", image.name, slow.socket);
        const reached = slow.hold((each) => line.test(each));
        // What is left of a killed run in this process asks in vain.
        void killed.up(args()).catch(() => undefined);
        await reached;
        await slow.stop();
        // A real server packs for a while, whoever is still there.
        await expect.poll(ours, { timeout: 20_000 }).toHaveLength(1);
        const [left] = await ours();
        await image.up(args());
        expect(await ours()).toEqual([left]);
        expect(await site.target(name("a"))).toBe(left);
        await image.destroy();
        expect(await ours()).toEqual([]);
      });
    }

    it("of which no state tells, since its run was killed at the very end, goes with the resource", async () => {
      const { inputs } = await image.check(args());
      await image.create(inputs);
      const restarted = site.resource();
      await restarted.up(args());
      expect(await ours()).toContain(restarted.outputs["fingerprint"]);
      await restarted.destroy();
      expect(await ours()).toEqual([]);
    });
  });
});
