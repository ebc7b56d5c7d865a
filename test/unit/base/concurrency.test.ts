// Who waits for whom when several want one image: one brings it, those who only need it go on together.
import { expect, it } from "vitest";
import { afterFirst, queued } from "../../../provider/base/concurrency";

class Work {
  readonly log: string[] = [];
  readonly #ends = new Map<string, (isFine: boolean) => void>();

  begin(name: string): () => Promise<void> {
    return async () => {
      this.log.push(name);
      const isFine = await new Promise<boolean>((end) => this.#ends.set(name, end));
      if (!isFine) throw new Error(name);
    };
  }

  async end(name: string, isFine = true): Promise<void> {
    this.#ends.get(name)?.(isFine);
    await new Promise(setImmediate);
  }
}

const noted = (log: string[], name: string) => (): void => void log.push(`${name} waits`);

it("those who need an image run together once the first has brought it", async () => {
  const work = new Work();
  const key = ["brought"];
  const all = ["a", "b", "c"].map((name) => afterFirst(key, noted(work.log, name), work.begin(name)));
  await work.end("");
  expect(work.log).toEqual(["b waits", "c waits", "a"]);
  await work.end("a");
  expect(work.log.slice(3)).toEqual(["b", "c"]);
  await Promise.all([work.end("b"), work.end("c"), ...all]);
  const late = afterFirst(key, noted(work.log, "d"), work.begin("d"));
  await work.end("");
  expect(work.log.at(-1)).toBe("d");
  await Promise.all([work.end("d"), late]);
});

it("whoever wants it alone waits for them all, and they for it", async () => {
  const work = new Work();
  const key = ["alone"];
  const first = afterFirst(key, noted(work.log, "a"), work.begin("a"));
  const alone = queued(key, work.begin("image"));
  const second = afterFirst(key, noted(work.log, "b"), work.begin("b"));
  await work.end("");
  await work.end("a");
  expect(work.log).toEqual(["b waits", "a", "image"]);
  await work.end("image");
  expect(work.log.at(-1)).toBe("b");
  await Promise.all([work.end("b"), first, alone, second]);
});

it("a failure of the first keeps nobody from trying", async () => {
  const work = new Work();
  const key = ["failing"];
  const first = afterFirst(key, noted(work.log, "a"), work.begin("a"));
  const failed = expect(first).rejects.toThrow("a");
  const second = afterFirst(key, noted(work.log, "b"), work.begin("b"));
  await work.end("");
  await work.end("a", false);
  await failed;
  expect(work.log).toEqual(["b waits", "a", "b"]);
  const third = afterFirst(key, noted(work.log, "c"), work.begin("c"));
  await work.end("b");
  expect(work.log.at(-1)).toBe("c");
  await Promise.all([work.end("c"), second, third]);
});
