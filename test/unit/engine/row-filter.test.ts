// The lines of a plain log: one when something changes, and no more than one a minute for a counter.
import { spawn } from "node:child_process";
import { describe, expect, it } from "vitest";
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

it("a wait of ten minutes is ten lines of a log", () => {
  expect(shown(inLog, wait(600))).toHaveLength(10);
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

it("a wait that is over before its next line has none for its end", () => {
  expect(shown(inLog, wait(5))).toHaveLength(1);
});

it("what is over at once is one line", () => {
  expect(shown(inLog, [[0, "creating"]])).toEqual(["creating"]);
  expect(shown(inLog, [])).toEqual([]);
});

// A process with the name of the CLI, whose child asks.
const engine = "exec -a pulumi bash -c 'sleep 5 & echo $!; wait'";

async function childOf(command: string, args: string[]): Promise<{ pid: number; stop: () => void }> {
  const run = spawn(command, args, { stdio: ["ignore", "pipe", "ignore"], detached: true });
  const pid = await new Promise<number>((resolve) => {
    run.stdout.once("data", (text) => resolve(Number(text)));
  });
  return { pid, stop: () => process.kill(-(run.pid ?? 0), "SIGKILL") };
}

describe.skipIf(process.platform !== "linux")("an engine", () => {
  it("that is no ancestor says nothing", () => {
    expect(engineHasTerminal(process.pid)).toBeUndefined();
  });

  it("whose output is a pipe has no terminal", async () => {
    const { pid, stop } = await childOf("bash", ["-c", engine]);
    expect(engineHasTerminal(pid)).toBe(false);
    stop();
  });

  it("that `script` runs has a terminal", async () => {
    const { pid, stop } = await childOf("script", ["-qefc", `bash -c "${engine.replaceAll("$", "\\$")}"`, "/dev/null"]);
    expect(engineHasTerminal(pid)).toBe(true);
    stop();
  });
});
