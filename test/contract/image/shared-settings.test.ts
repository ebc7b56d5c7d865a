// Settings of an image that two stacks share: each may add some, none overwrites what the other sets.
import { beforeEach, describe, expect, it } from "vitest";
import { StackResource } from "../harness/stack";
import { describeImages, sha256, type Wire } from "./site";

describeImages("settings of a shared image", (site) => {
  let dev: StackResource;
  let prod: StackResource;
  const of = (stack: string): StackResource => new StackResource("Image", site.name(), site.daemon.socket, { stack });
  beforeEach(() => {
    [dev, prod] = [of("dev"), of("prod")];
  });
  const visible = ({ properties }: Wire): Record<string, string> =>
    Object.fromEntries(Object.entries(properties).filter(([key]) => !key.startsWith("user.pulumi.")));
  const said = (properties: Record<string, string>, more: object = {}): Record<string, unknown> =>
    site.args({ properties, ...more });

  it("that differ are refused in the preview, each by its name, with the other's URN", async () => {
    await dev.up(said({ team: "a", tier: "1" }, { public: true, expiresAt: "2035-01-01T00:00:00Z" }));
    const before = await site.image();
    const failures = await prod.failures(
      said({ team: "b", tier: "1" }, { public: false, expiresAt: "2036-01-01T00:00:00Z" }),
    );
    expect(failures.map(({ property }) => property).sort()).toEqual(["expiresAt", 'properties["team"]', "public"]);
    for (const { reason } of failures) expect(reason).toContain(`the image is shared with ${dev.urn}`);
    expect(failures.map(({ reason }) => reason).join()).toMatch(/Use the same value in both programs/);
    expect(await site.image()).toEqual(before);
  });

  it("that are equal, or that only one sets, are accepted", async () => {
    await dev.up(said({ team: "a" }, { expiresAt: "2035-01-01T00:00:00Z" }));
    const args = said({ team: "a", tier: "1" }, { expiresAt: "2035-01-01T01:00:00+01:00" });
    expect(await prod.up(args)).toBe("created");
    expect(visible(await site.image())).toMatchObject({ team: "a", tier: "1" });
    for (const each of [dev, prod]) expect(await each.refresh()).toBe(true);
    expect(await prod.up(args)).toBe("same");
  });

  it("stay while one of the two sets them, and change when only one does", async () => {
    await dev.up(said({ team: "a" }));
    await prod.up(said({ team: "a" }));
    const [failure] = await dev.failures(said({ team: "b" }));
    expect(failure).toMatchObject({ property: 'properties["team"]' });
    expect(failure?.reason).toContain(prod.urn);
    expect(await dev.up(said({}))).toBe("updated");
    expect(visible(await site.image())).toMatchObject({ team: "a" });
    expect(await prod.up(said({ team: "b" }))).toBe("updated");
    expect(visible(await site.image())).toMatchObject({ team: "b" });
    expect(await prod.up(said({}))).toBe("updated");
    expect(visible(await site.image())).not.toHaveProperty("team");
  });

  it("go with the stack that alone has set them", async () => {
    await dev.up(said({ both: "1", dev: "1" }));
    await prod.up(said({ both: "1", prod: "1" }));
    await dev.destroy();
    const left = await site.image();
    expect(visible(left)).toMatchObject({ both: "1", prod: "1" });
    expect(visible(left)).not.toHaveProperty("dev");
    expect(Object.keys(left.properties).filter((key) => key.startsWith("user.pulumi.settings."))).toHaveLength(1);
    expect(await prod.refresh()).toBe(true);
    expect(await prod.up(said({ both: "1", prod: "1" }))).toBe("same");
    expect(await prod.up(said({ both: "2", prod: "1" }))).toBe("updated");
  });

  it("that were set between preview and create are not overwritten", async () => {
    const { inputs } = await prod.check(said({ team: "b" }));
    await dev.up(said({ team: "a" }));
    const before = await site.image();
    await expect(prod.create(inputs)).rejects.toThrow(
      /shared with urn:pulumi:dev[^ ]*, which sets properties\["team"\] to another/,
    );
    expect(await site.image()).toEqual(before);
    await prod.destroy();
    expect(await site.image()).toEqual(before);
    await dev.destroy();
    expect(await site.find()).toBeUndefined();
  });

  it("that a person changes are put right", async () => {
    await dev.up(said({ team: "a" }));
    await prod.up(said({ team: "a" }));
    const { properties } = await site.image();
    await site.put({ public: true, properties: { ...properties, team: "x" } });
    expect(await dev.refresh()).toBe(true);
    expect(await dev.up(said({ team: "a" }))).toBe("updated");
    expect(await site.image()).toMatchObject({ public: false, properties: { team: "a" } });
  });

  it("follow a resource to another URN", async () => {
    await dev.up(said({ team: "a" }));
    const renamed = Object.assign(of("dev"), dev, { urn: dev.urn.replace("::contract::", "::renamed::") });
    expect(await renamed.up(said({ team: "b" }))).toBe("updated");
    expect(visible(await site.image())).toMatchObject({ team: "b" });
    expect(sha256(site.bytes)).toBe((await site.image()).fingerprint);
    await renamed.destroy();
    expect(await site.find()).toBeUndefined();
  });

  describe("of two resources of one stack", () => {
    it("are those of the last one that changed them", async () => {
      const second = new StackResource("Image", site.name("-second"), site.daemon.socket, { stack: "dev" });
      await dev.up(said({ team: "a" }));
      await second.up(said({ team: "b" }));
      expect(visible(await site.image())).toMatchObject({ team: "b" });
    });
  });
});
