// The lines of a plain log: one when something changes, and no more than one a minute for a counter.
import { spawn } from "node:child_process";
import { expect, it } from "vitest";
import { engineHasTerminal } from "../../../provider/engine/pulumi/display";
import { inLog, onTerminal, RowFilter } from "../../../provider/engine/pulumi/row-filter";

function shown(timing: typeof inLog, texts: [number, string][]): string[] {
  const filter = new RowFilter(timing);
  const lines = texts.filter(([ms, text]) => filter.accept(text, ms)).map(([, text]) => text);
  const rest = filter.rest();
  return rest === undefined ? lines : [...lines, rest];
}

const wait = (seconds: number): [number, string][] =>
  Array.from({ length: seconds }, (_, i) => [i * 1000, `waiting for agent: it does not answer, ${600 - i} s left`]);

it("a wait of ten minutes is eleven lines of a log", () => {
  expect(shown(inLog, wait(600))).toHaveLength(11);
  expect(shown(onTerminal, wait(600))).toHaveLength(600);
});

it("another text is a line at once, and the last one of a transfer is told", () => {
  const texts: [number, string][] = [
    [0, "hashing 1 of 4 GiB, 25 %"],
    [1000, "hashing 2 of 4 GiB, 50 %"],
    [2000, "uploading 1.5 of 4 GiB, 38 %"],
    [3000, "uploading 3 of 4 GiB, 75 %"],
    [3100, "uploading 4 of 4 GiB, 100 %"],
  ];
  expect(shown(inLog, texts)).toEqual([
    "hashing 1 of 4 GiB, 25 %",
    "uploading 1.5 of 4 GiB, 38 %",
    "uploading 4 of 4 GiB, 100 %",
  ]);
});

it("what is over at once is one line", () => {
  expect(shown(inLog, [[0, "creating"]])).toEqual(["creating"]);
  expect(shown(inLog, [])).toEqual([]);
});

it("an engine whose output is a pipe has no terminal, and neither is there one without an engine", async () => {
  expect(engineHasTerminal(process.pid)).toBeUndefined();
  // A process of that name between this one and the one that asks.
  const engine = spawn("bash", ["-c", "exec -a pulumi bash -c 'sleep 5 & echo $!; wait'"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  try {
    const child = await new Promise<number>((resolve) => engine.stdout.once("data", (text) => resolve(Number(text))));
    expect(engineHasTerminal(child)).toBe(false);
  } finally {
    engine.kill();
  }
});
