// Two stacks that share an image: whichever goes first, and wherever a run is killed, the other keeps the image.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FlakySocket } from "../harness/flaky-socket";
import { type Declared, Stack } from "../harness/stack-run";
import { describeImages, sha256, type Wire } from "./site";

describeImages("image of two stacks", (site) => {
  let proxy: FlakySocket;
  let stacks: Record<"dev" | "prod", Stack>;
  beforeEach(async () => {
    proxy = new FlakySocket(site.daemon.socket);
    await proxy.start();
    stacks = { dev: new Stack(proxy.socket, "dev"), prod: new Stack(proxy.socket, "prod") };
  });
  afterEach(() => proxy.stop());

  const alias = (stack: string): string => site.name(`-${stack}`);
  const program = (stack: string): Declared[] => [
    {
      kindName: "Image",
      name: site.name(),
      args: site.args({ aliases: [alias(stack)], properties: { [stack]: "1" } }),
    },
  ];
  const up = (stack: "dev" | "prod"): Promise<void> => stacks[stack].up(program(stack));
  const ownersOf = ({ properties }: Wire): string[] =>
    Object.values(properties).filter((each) => each.startsWith("urn:"));

  /** The image is the stack's alone, as if there had never been another one. */
  async function belongsTo(stack: "dev" | "prod"): Promise<void> {
    const wire = await site.image();
    expect(ownersOf(wire)).toEqual([stacks[stack].urn("Image", site.name())]);
    expect(wire.aliases).toMatchObject([{ name: alias(stack) }]);
    expect(wire.properties).toMatchObject({ [stack]: "1" });
    expect(wire.properties).not.toHaveProperty(stack === "dev" ? "prod" : "dev");
    await stacks[stack].refresh();
    await up(stack);
    expect(stacks[stack].stepsOf(site.name())).toEqual(["same"]);
  }

  const orders = [
    ["dev", "prod"],
    ["prod", "dev"],
  ] as const;
  for (const [first, last] of orders) {
    it(`goes with the last destroy, which is that of ${last}`, async () => {
      await up("dev");
      await up("prod");
      await stacks[first].destroy();
      await belongsTo(last);
      await stacks[last].destroy();
      expect(await site.find()).toBeUndefined();
      expect(await site.target(alias("dev"))).toBeUndefined();
    });
  }

  it("is an image of which instances can be made after one of the stacks has gone", async () => {
    await up("dev");
    await up("prod");
    await stacks.dev.destroy();
    const name = site.name("-vm");
    const instance = { name, source: { type: "image", fingerprint: sha256(site.bytes) }, devices: root };
    const made = await site.daemon.settle(site.daemon.raw.post("/1.0/instances", instance));
    expect(made).toMatchObject({ ok: true });
    await site.remove(`/1.0/instances/${name}`);
    await stacks.prod.destroy();
    expect(await site.find()).toBeUndefined();
  });
  const root = { root: { type: "disk", path: "/", pool: "default" } };

  describe("killed in the middle of the up of the second stack", () => {
    const requests: [string, RegExp][] = [
      ["record", /^PUT \/1\.0\/images\/[0-9a-f]{64}/],
      ["alias", /^POST \/1\.0\/images\/aliases/],
    ];
    for (const [what, request] of requests) {
      it(`at its ${what}, is shared by the next up`, async () => {
        await up("dev");
        expect(await stacks.prod.killedAt(proxy, request, () => up("prod"))).toBe(true);
        await up("prod");
        await stacks.dev.destroy();
        await belongsTo("prod");
        await stacks.prod.destroy();
        expect(await site.find()).toBeUndefined();
      });

      it(`at its ${what}, survives or comes again after the destroy of the first`, async () => {
        await up("dev");
        expect(await stacks.prod.killedAt(proxy, request, () => up("prod"))).toBe(true);
        await stacks.dev.destroy();
        await up("prod");
        await belongsTo("prod");
        await stacks.prod.destroy();
        expect(await site.find()).toBeUndefined();
      });
    }
  });

  describe("killed in the middle of the up of the first stack", () => {
    const requests: [string, RegExp][] = [
      ["upload", /^POST \/1\.0\/images(\?| )/],
      ["record", /^PUT \/1\.0\/images\/[0-9a-f]{64}/],
      ["alias", /^POST \/1\.0\/images\/aliases/],
    ];
    for (const [what, request] of requests) {
      it(`at its ${what}, is shared by the second`, async () => {
        expect(await stacks.dev.killedAt(proxy, request, () => up("dev"))).toBe(true);
        await up("prod");
        await up("dev");
        await stacks.prod.destroy();
        await belongsTo("dev");
        await stacks.dev.destroy();
        expect(await site.find()).toBeUndefined();
      });
    }
  });

  describe("killed in the middle of the destroy of one stack", () => {
    const requests: [string, RegExp][] = [
      ["alias", /^DELETE \/1\.0\/images\/aliases\//],
      ["claim", /^PUT \/1\.0\/images\/[0-9a-f]{64}/],
    ];
    for (const [what, request] of requests) {
      it(`at its ${what}, stays the other's`, async () => {
        await up("dev");
        await up("prod");
        const run = (): Promise<void> => stacks.dev.destroy();
        expect(await stacks.dev.killedAt(proxy, request, run)).toBe(true);
        expect(await site.find()).toBeDefined();
        expect(await site.target(alias("prod"))).toBe(sha256(site.bytes));
        await stacks.dev.destroy();
        await belongsTo("prod");
        await stacks.prod.destroy();
        expect(await site.find()).toBeUndefined();
      });
    }
  });

  it("that was made by hand is refused to both until one of them adopts it", async () => {
    await site.upload(site.bytes);
    for (const stack of ["dev", "prod"] as const) {
      await expect(stacks[stack].preview(program(stack))).rejects.toThrow(
        /does not belong to this stack[^]*adopt: true/,
      );
    }
    expect(ownersOf(await site.image())).toEqual([]);
  });
});
