// Ends a test run: what was skipped and why, what failed, then the line `N passed, N failed, N skipped`, after all else.
import { writeFileSync } from "node:fs";
import type { Reporter, SerializedError, TestCase, TestModule } from "vitest/node";

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Enough names to recognise what is meant; the count says how many there are. */
const namesShown = 3;

/** The message, and the beginning of what it quotes. */
const errorLinesShown = 12;

export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const inState = (state: string): TestCase[] => tests.filter((test) => test.result().state === state);
    const counts = {
      passed: inState("passed").length,
      failed: inState("failed").length + unhandledErrors.length + modules.reduce((sum, m) => sum + brokenParts(m), 0),
      // A test that is still pending was never run: a run that was broken off must not look complete.
      skipped: inState("skipped").length + inState("pending").length,
    };
    for (const line of skipReport([...inState("skipped"), ...inState("pending")])) console.log(line);
    for (const line of failureReport(modules, unhandledErrors)) console.log(line);
    finish(counts);
  }
}

/** Files and suites that failed outside their tests: at import, or in a hook. */
function brokenParts(module: TestModule): number {
  const suites = [...module.children.allSuites()].filter((suite) => suite.errors().length > 0);
  return suites.length + (module.errors().length > 0 ? 1 : 0);
}

/** What failed, said again at the end, where it is seen in a log of which only the end is kept. */
function failureReport(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): string[] {
  const parts = modules.flatMap((module) => [module, ...module.children.allSuites(), ...module.children.allTests()]);
  const lines = parts.flatMap((part) => {
    const errors = part.type === "test" ? (part.result().errors ?? []) : part.errors();
    if (errors.length === 0) return [];
    const name = part.type === "module" ? "" : ` > ${part.fullName}`;
    const file = part.type === "module" ? part.relativeModuleId : part.module.relativeModuleId;
    return [`  ${file}${name}`, ...errors.map(firstLines)];
  });
  lines.push(...unhandledErrors.flatMap((error) => ["  outside of every test", firstLines(error)]));
  return lines.length === 0 ? [] : ["Failed:", ...lines, ""];
}

function firstLines({ message }: { message: string }): string {
  const lines = message.split("\n").filter((line) => line.trim() !== "");
  return lines
    .slice(0, errorLinesShown)
    .map((line) => `      ${line}`)
    .join("\n");
}

/** The skipped tests, together where the reason is the same. */
function skipReport(tests: readonly TestCase[]): string[] {
  if (tests.length === 0) return [];
  const groups = new Map<string, TestCase[]>();
  for (const test of tests) groups.set(reasonOf(test), [...(groups.get(reasonOf(test)) ?? []), test]);
  const lines = [...groups].flatMap(([reason, group]) => [
    `  ${group.length} × ${reason}`,
    ...group.slice(0, namesShown).map((test) => `      ${test.fullName}`),
    ...(group.length > namesShown ? [`      … and ${group.length - namesShown} more`] : []),
  ]);
  return ["", "Skipped:", ...lines, ""];
}

/** What `context.skip(note)` says, else what the name of the skipped suite says after a colon: `images on incus: …`. */
function reasonOf(test: TestCase): string {
  const result = test.result();
  if (result.state === "skipped" && result.note) return result.note;
  let whole = test.name;
  for (let node = test.parent; node.type === "suite"; node = node.parent) {
    if (node.options.mode === "skip") whole = node.fullName;
  }
  return /: (.+)$/.exec(whole)?.[1] ?? whole;
}

/** `npm test` adds what it has checked itself and prints the line; without it, the line is printed here. */
function finish(counts: Counts): void {
  const file = process.env["PULUMI_LXD_TEST_COUNTS"];
  if (file) writeFileSync(file, JSON.stringify(counts));
  else console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
}
