// One image of several stacks: each has its own claim to it, and the last one takes it away.
import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { StackResource } from "../harness/stack";
import { describeImages, sha256, type Wire } from "./site";

describeImages("image of several stacks", (site) => {
  let dev: StackResource;
  let prod: StackResource;
  beforeEach(() => {
    const of = (stack: string): StackResource => new StackResource("Image", site.name(), site.daemon.socket, { stack });
    [dev, prod] = [of("dev"), of("prod")];
  });
  const name = (suffix: string): string => site.name(`-${suffix}`);
  const owners = ({ properties }: Wire): string[] =>
    Object.values(properties).filter((each) => each.startsWith("urn:"));

  it("is shared when both bring the same file", async () => {
    expect(await dev.up(site.args({ aliases: [name("dev")] }))).toBe("created");
    const { uploaded_at: uploadedAt } = await site.image();
    expect(await prod.up(site.args({ aliases: [name("prod")] }))).toBe("created");
    const shared = await site.image();
    expect(shared["uploaded_at"]).toBe(uploadedAt);
    expect(owners(shared).sort()).toEqual([dev.urn, prod.urn].sort());
    await dev.destroy();
    expect(owners(await site.image())).toEqual([prod.urn]);
    expect((await site.image()).aliases).toMatchObject([{ name: name("prod") }]);
    expect(await prod.refresh()).toBe(true);
    expect(await prod.up(site.args({ aliases: [name("prod")] }))).toBe("same");
    await prod.destroy();
    expect(await site.find()).toBeUndefined();
  });

  it("is shared when both bring it at once", async () => {
    await Promise.all([dev.up(site.args()), prod.up(site.args())]);
    expect(owners(await site.image()).sort()).toEqual([dev.urn, prod.urn].sort());
    await Promise.all([dev.destroy(), prod.destroy()]);
    expect(await site.find()).toBeUndefined();
  });

  it("that one stack is still creating is claimed once that has set its owner key", async () => {
    const prefix = sha256(Buffer.from(dev.urn)).slice(0, 16);
    await site.upload(site.bytes, {
      [`X-${site.daemon.product === "incus" ? "Incus" : "LXD"}-filename`]: `${prefix}-image`,
    });
    expect((await site.image())["filename"]).toBe(`${prefix}-image`);
    const claiming = prod.up(site.args());
    await sleep(500);
    const { properties } = await site.image();
    expect(Object.keys(properties).filter((key) => key.startsWith("user.pulumi."))).toEqual([]);
    await site.put({ properties: { ...properties, "user.pulumi.owner": dev.urn } });
    await claiming;
    expect(owners(await site.image()).sort()).toEqual([dev.urn, prod.urn].sort());
  });

  it("with an alias that the other stack has given it is refused in the preview", async () => {
    await dev.up(site.args({ aliases: [name("a")] }));
    const failures = await prod.failures(site.args({ aliases: [name("b"), name("a")] }));
    expect(failures).toMatchObject([{ property: "aliases[1]" }]);
    expect(failures[0]?.reason).toMatch(/this image already has the alias[^]*aliasPolicy: "adopt"/);
    expect(failures[0]?.reason).toContain(`which ${dev.urn} created`);
  });

  it("keeps an alias that both adopt until the last of them goes", async () => {
    const args = site.args({ aliases: [name("a")], aliasPolicy: "adopt" });
    await dev.up(args);
    await prod.up(args);
    await dev.destroy();
    expect(await site.target(name("a"))).toBe(sha256(site.bytes));
    expect(await prod.refresh()).toBe(true);
    expect(await prod.up(args)).toBe("same");
    await prod.destroy();
    expect(await site.target(name("a"))).toBeUndefined();
  });

  it("is not taken from whoever has made it by hand, until the program adopts it", async () => {
    await site.upload(site.bytes);
    const failures = await dev.failures(site.args());
    expect(failures).toMatchObject([{ property: "source.file" }]);
    expect(failures[0]?.reason).toMatch(/does not belong to this stack \[already-exists\][^]*adopt: true/);
    await dev.up(site.args({ adopt: true }));
    await prod.up(site.args());
    await dev.destroy();
    expect(owners(await site.image())).toEqual([prod.urn]);
  });

  describe("imported", () => {
    it("is claimed by both, and goes with the last", async () => {
      await site.upload(site.bytes);
      const args = { __import: `default/${sha256(site.bytes)}` };
      await dev.up(args);
      expect(owners(await site.image())).toEqual([dev.urn]);
      await prod.up(args);
      expect(owners(await site.image()).sort()).toEqual([dev.urn, prod.urn].sort());
      await dev.destroy();
      expect(owners(await site.image())).toEqual([prod.urn]);
      await prod.destroy();
      expect(await site.find()).toBeUndefined();
    });
  });
});
