// Aliases that move from one image of a program to another: in one run, in whatever order the engine brings the two.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { withoutSimulatedLxd } from "../harness";
import { FlakySocket } from "../harness/flaky-socket";
import { type Declared, type Props, Stack, type UpOptions } from "../harness/stack-run";
import { describeImages, sha256, type Site } from "./site";

interface Order {
  title: string;
  isReversed: boolean;
  options: UpOptions;
  /** Whether the program tells each image which aliases the others list, as the SDK does. */
  isTold?: boolean;
}

/** `from` comes before `to` in a program unless it is reversed. */
const orders: Order[] = [
  { title: "the one that loses it first", isReversed: false, options: {} },
  { title: "the one that loses it first, which knows of the other", isReversed: false, options: {}, isTold: true },
  { title: "the one that gets it first", isReversed: true, options: {} },
  { title: "both at once", isReversed: false, options: { atOnce: true } },
  { title: "both at once, the one that gets it checked first", isReversed: true, options: { atOnce: true } },
];

class Aliases {
  stack = new Stack("");
  proxy = new FlakySocket("");
  readonly files: Record<string, string> = {};
  readonly fingerprints: Record<string, string> = {};

  constructor(readonly site: Site) {}

  async start(): Promise<void> {
    this.proxy = new FlakySocket(this.site.daemon.socket);
    await this.proxy.start();
    this.stack = new Stack(this.proxy.socket, this.site.name());
    for (const mark of ["a", "b", "c"]) await this.content(mark, `-${mark}`);
  }

  async content(mark: string, text: string): Promise<void> {
    // Nothing is made of them.
    const bytes = this.site.content(text, { withoutBusybox: true });
    this.files[mark] = join(this.site.dir, `${this.site.count}-${mark}.tar.gz`);
    await writeFile(this.files[mark], bytes);
    this.fingerprints[mark] = sha256(bytes);
  }

  name(suffix: string): string {
    return this.site.name(`-${suffix}`);
  }

  image(name: string, mark: string, ...aliases: string[]): Declared {
    const names = aliases.map((each) => this.name(each));
    return { kindName: "Image", name, args: { source: { file: this.files[mark] }, aliases: names } };
  }

  async up(program: Declared[], { isReversed, options, isTold = false }: Order): Promise<void> {
    const told = isTold ? withElsewhere(program) : program;
    await this.stack.up(isReversed ? [...told].reverse() : told, options);
  }

  /** Which of the contents an alias leads to, as the daemon says. */
  async markOf(alias: string): Promise<string | undefined> {
    const target = await this.site.target(this.name(alias));
    return Object.keys(this.fingerprints).find((mark) => this.fingerprints[mark] === target);
  }

  /** Requests that took the alias away for a time. */
  deletions(alias: string): string[] {
    return this.proxy.lines.filter((line) => line.startsWith(`DELETE /1.0/images/aliases/${this.name(alias)}?`));
  }

  /** Neither the next run nor a refresh before it finds anything to do. */
  async expectSettled(program: Declared[]): Promise<void> {
    const same = program.map((declared) => ({ urn: this.stack.urnOf(declared), step: "same" }));
    await this.stack.up(program);
    expect(this.stack.steps).toEqual(same);
    await this.stack.refresh();
    await this.stack.up(program);
    expect(this.stack.steps).toEqual(same);
  }
}

function withElsewhere(program: Declared[]): Declared[] {
  const args = program.map((declared) => declared.args as { aliases: string[] });
  return program.map((declared, i) => {
    const __aliasesElsewhere = args.filter((_, other) => other !== i).flatMap(({ aliases }) => aliases);
    return { ...declared, args: { ...(declared.args as Props), __aliasesElsewhere } };
  });
}

describeImages(
  "alias of an image",
  (site) => {
    const at = new Aliases(site);
    const name = (suffix: string): string => at.name(suffix);
    beforeEach(() => at.start());
    afterEach(async () => {
      await at.stack.destroy();
      await at.proxy.stop();
    });

    describe.each(orders)("that moves to another of the program, $title", (order) => {
      const isSeen = order.isReversed || order.options.atOnce === true || order.isTold === true;

      it("names that one after one run", async () => {
        await at.stack.up([at.image("from", "a", "x", "kept"), at.image("to", "b", "own")]);
        const program = [at.image("from", "a", "kept"), at.image("to", "b", "own", "x")];
        await at.stack.preview(program);
        await at.up(program, order);
        expect(await at.markOf("x")).toBe("b");
        expect(await at.markOf("kept")).toBe("a");
        expect(await at.markOf("own")).toBe("b");
        if (isSeen) expect(at.deletions("x")).toEqual([]);
        await at.expectSettled(program);
      });

      it("is swapped with that one's", async () => {
        await at.stack.up([at.image("from", "a", "x"), at.image("to", "b", "y")]);
        const program = [at.image("from", "a", "y"), at.image("to", "b", "x")];
        await at.stack.preview(program);
        await at.up(program, order);
        expect([await at.markOf("x"), await at.markOf("y")]).toEqual(["b", "a"]);
        if (order.options.atOnce === true || order.isTold === true)
          expect([...at.deletions("x"), ...at.deletions("y")]).toEqual([]);
        await at.expectSettled(program);
      });

      it("names a new one", async () => {
        await at.stack.up([at.image("from", "a", "x")]);
        const program = [at.image("from", "a"), at.image("to", "b", "x")];
        await at.stack.preview(program);
        await at.up(program, order);
        expect(await at.markOf("x")).toBe("b");
        if (isSeen) expect(at.deletions("x")).toEqual([]);
        await at.expectSettled(program);
      });

      it("names a new one, while the old one gets other content", async () => {
        await at.stack.up([at.image("from", "a", "x")]);
        const program = [at.image("from", "c"), at.image("to", "b", "x")];
        await at.stack.preview(program);
        await at.up(program, order);
        expect(await at.markOf("x")).toBe("b");
        expect(await site.find(at.fingerprints["a"])).toBeUndefined();
        expect(at.deletions("x")).toEqual([]);
        await at.expectSettled(program);
      });

      it("is swapped while both get other content", async () => {
        await at.stack.up([at.image("from", "a", "x"), at.image("to", "b", "y")]);
        await at.content("d", "-d");
        const program = [at.image("from", "c", "y"), at.image("to", "d", "x")];
        await at.stack.preview(program);
        await at.up(program, order);
        expect([await at.markOf("x"), await at.markOf("y")]).toEqual(["d", "c"]);
        expect([...at.deletions("x"), ...at.deletions("y")]).toEqual([]);
        await at.expectSettled(program);
      });

      it("names the same content, which both have", async () => {
        await at.stack.up([at.image("from", "a", "x"), at.image("to", "a", "own")]);
        const program = [at.image("from", "a"), at.image("to", "a", "own", "x")];
        await at.stack.preview(program);
        await at.up(program, order);
        expect(await at.markOf("x")).toBe("a");
        if (isSeen) expect(at.deletions("x")).toEqual([]);
        await at.expectSettled(program);
        await at.stack.up([at.image("from", "a")]);
        expect(await at.markOf("x")).toBeUndefined();
        expect(await at.markOf("own")).toBeUndefined();
      });
    });

    it.each(["b", "a"])("moves to a new one with the content %s when the old one goes", async (mark) => {
      await at.stack.up([at.image("from", "a", "x")]);
      const program = [at.image("to", mark, "x")];
      await at.stack.preview(program);
      await at.stack.up(program);
      expect(await at.markOf("x")).toBe(mark);
      expect(at.deletions("x")).toEqual([]);
      await at.expectSettled(program);
    });

    it.each([
      ["b", "last"],
      ["b", "first"],
      ["a", "last"],
      ["a", "first"],
    ])("is refused to a second one with the content %s, checked %s, while the first keeps it", async (mark, place) => {
      const isReversed = place === "first";
      await at.stack.up([at.image("from", "a", "x"), at.image("to", mark)]);
      const program = [at.image("from", "a", "x"), at.image("to", mark, "x")];
      const listed = isReversed ? [...program].reverse() : program;
      const told = /aliases\[0\]: .*x" .*another image of this program[^]*Image::(from|to)/;
      await expect(at.stack.preview(listed)).rejects.toThrow(told);
      await expect(at.stack.up(listed)).rejects.toThrow(told);
      const mended = [at.image("from", "a", "x"), at.image("to", mark)];
      await at.stack.up(mended);
      expect(await at.markOf("x")).toBe("a");
      await at.expectSettled(mended);
    });

    it("moves from an image that was imported", async () => {
      const fingerprint = await site.upload(site.bytes);
      await site.point(name("x"), fingerprint);
      const aliases = [{ name: name("x"), description: "by hand" }];
      const imported = { ...at.image("from", "a"), args: { aliases }, import: `default/${fingerprint}` };
      await at.stack.up([imported]);
      await at.stack.up([at.image("to", "b", "x"), { ...imported, args: {} }]);
      expect(await at.markOf("x")).toBe("b");
      expect(at.deletions("x")).toEqual([]);
    });

    it("is refused if a person has made it, also on an image of the stack", async () => {
      const before = [at.image("from", "a", "x"), at.image("to", "b")];
      await at.stack.up(before);
      await site.point(name("theirs"), at.fingerprints["a"] ?? "");
      const program = [at.image("from", "a", "x"), at.image("to", "b", "theirs")];
      await expect(at.stack.up(program)).rejects.toThrow(/theirs" belongs to the image/);
      const added = at.image("new", "c", "theirs");
      await expect(at.stack.preview([...before, added])).rejects.toThrow(/theirs" belongs to the image/);
      expect(await at.markOf("theirs")).toBe("a");
    });

    it("is refused if it is another stack's", async () => {
      const other = new Stack(site.daemon.socket, site.name("-other"));
      await other.up([at.image("from", "a", "x")]);
      await at.stack.up([at.image("to", "b")]);
      await expect(at.stack.up([at.image("to", "b", "x")])).rejects.toThrow(/x" belongs to the image/);
      await expect(at.stack.preview([at.image("new", "c", "x")])).rejects.toThrow(/x" belongs to the image/);
      expect(await at.markOf("x")).toBe("a");
      await other.destroy();
    });

    describe("whose new image cannot be made", () => {
      const moved = (): Declared[] => [at.image("to", "b", "x"), at.image("from", "a")];
      beforeEach(async () => {
        await at.stack.up([at.image("from", "a", "x")]);
        const matches = (line: string): boolean => line.startsWith("POST /1.0/images?");
        const body = '{"type":"error","error":"Out of order","error_code":500}';
        const head = `HTTP/1.1 500 Out\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
        at.proxy.answer = { matches, text: `${head}Connection: close\r\n\r\n${body}` };
        await expect(at.stack.up(moved(), { atOnce: true })).rejects.toThrow(/Out of order/);
        at.proxy.heal();
        expect(await at.markOf("x")).toBe("a");
      });

      it("moves in the next run", async () => {
        await at.stack.up(moved());
        expect(await at.markOf("x")).toBe("b");
        expect(at.deletions("x")).toEqual([]);
        await at.expectSettled(moved());
      });

      it("is shown by a refresh and then taken away, if the program does not want it any more", async () => {
        const program = [at.image("from", "a")];
        await at.stack.refresh();
        expect(at.stack.outputsOf("from")["aliases"]).toMatchObject([{ name: name("x") }]);
        await at.stack.up(program);
        expect(at.stack.stepsOf("from")).toEqual(["updated"]);
        expect(await at.markOf("x")).toBeUndefined();
      });
    });

    it("is where it belongs after a run that was killed when it had moved", async () => {
      await at.stack.up([at.image("from", "a", "x"), at.image("to", "b", "y")]);
      const program = [at.image("from", "a", "y"), at.image("to", "b", "x")];
      const run = (): Promise<void> => at.stack.up(program);
      expect(await at.stack.killedAt(at.proxy, /^(PUT|PATCH) \/1\.0\/images\/aliases\//, run)).toBe(true);
      await at.stack.up(program);
      expect([await at.markOf("x"), await at.markOf("y")]).toEqual(["b", "a"]);
      await at.expectSettled(program);
    });
  },
  withoutSimulatedLxd,
);
