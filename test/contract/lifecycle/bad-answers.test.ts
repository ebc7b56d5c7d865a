// Every kind, and a server that refuses, fails or talks nonsense at each read: nothing is lost, and the user is told why.
import { expect } from "vitest";
import { withoutSimulatedLxd } from "../harness";
import { RunError } from "../harness/stack-run";
import { type Kind } from "./kinds";
import { answerOf, type Case, forEachKind, refusal, type Test } from "./table";

const html = "<html><body>It works!</body></html>";
const answers: Record<string, string> = {
  "403": answerOf(403, refusal("refused by the test", 403)),
  "500": answerOf(500, refusal("database is locked", 500)),
  garbage: answerOf(200, html),
};

/** What failed is said with a code of ours, and is no crash of this code. */
function expectClear(error: unknown): void {
  expect(error).toBeInstanceOf(RunError);
  for (const failure of (error as RunError).failures) {
    expect(failure).toMatch(/ \[(permission-denied|failed|unavailable|unsupported)\]/);
    expect(failure).not.toMatch(/TypeError|undefined|is not (a function|iterable)|ZodError/);
  }
}

/** The reads of a run. */
async function readsOf({ at }: Case, run: () => Promise<void>): Promise<string[]> {
  at.proxy.lines.length = 0;
  await run();
  return [...new Set(at.proxy.lines.filter((line) => line.startsWith("GET ")))];
}

/** Runs with a bad answer to one read; says how often that made the run fail. */
async function runWith(subject: Case, line: string, run: () => Promise<void>): Promise<number> {
  const { proxy } = subject.at;
  let failures = 0;
  for (const text of Object.values(answers)) {
    proxy.answer = { matches: (each) => each === line, text };
    await run().catch((error: unknown) => {
      expectClear(error);
      failures++;
    });
    proxy.heal();
  }
  return failures;
}

function testsOf(_kind: Kind, test: Test): void {
  test("a bad answer to a read of refresh leaves the state as it was", async (subject) => {
    const { stack } = subject;
    await stack.up(subject.program());
    await stack.refresh();
    const [{ resources }, made] = [stack.state, await subject.requireLook()];
    const refresh = (): Promise<void> => stack.refresh();
    let failures = 0;
    for (const line of await readsOf(subject, refresh)) {
      failures += await runWith(subject, line, refresh);
      expect(stack.state.resources, line).toEqual(resources);
    }
    expect(failures).toBeGreaterThan(0);
    expect(await subject.requireLook()).toEqual(made);
    await subject.end();
  });

  test("a bad answer to a read of an up without changes leaves the object as it was", async (subject) => {
    const { stack } = subject;
    const up = (): Promise<void> => stack.up(subject.program());
    await up();
    const [before, made] = [stack.state.resources.length, await subject.requireLook()];
    for (const line of await readsOf(subject, up)) {
      await runWith(subject, line, up);
      expect(stack.state.resources, line).toHaveLength(before);
    }
    expect(await subject.requireLook()).toEqual(made);
    await up();
    await subject.end();
  });

  test("a bad answer to a read of destroy leaves what is there in the state", async (subject) => {
    const { stack } = subject;
    const program = subject.program();
    await stack.up(program);
    const known = subject.outputs;
    const destroy = async (): Promise<void> => {
      try {
        await stack.destroy();
      } finally {
        const isThere = (await subject.look(known)) !== undefined;
        if (isThere) expect(stack.find(subject.at.name)).toBeDefined();
      }
    };
    let failures = 0;
    for (const line of await readsOf(subject, destroy)) {
      await stack.up(program);
      failures += await runWith(subject, line, destroy);
    }
    expect(failures).toBeGreaterThan(0);
    await subject.end(known);
  });
}

forEachKind(testsOf, withoutSimulatedLxd);
