// Every kind, and answers whose envelope is right and whose content is not: fields missing, null, of another type, or more of
// them. What is only more changes nothing; of the rest the user is told, and nothing is lost.
import fc from "fast-check";
import { expect } from "vitest";
import { type Props, RunError } from "../harness/stack-run";
import { type Kind } from "./kinds";
import { answerOf, type Case, forEachKind, type Test } from "./table";

type Field = [key: string, value: unknown];

const wrong = fc.constantFrom<unknown>(null, undefined, 7, "x", true, [], {}, ["x"], { a: 1 });

/** An object of which one field is something else. */
function spoiled(object: Props): fc.Arbitrary<Props> {
  const fields: Field[] = Object.entries(object);
  const change = fc.tuple(fc.constantFrom(...fields.map(([key]) => key)), wrong);
  return change.map(([key, value]) => ({ ...object, [key]: value }));
}

/** The path of a request line. */
const pathOf = (line: string): string => line.split(" ")[1] ?? "";

function expectClear(error: unknown): void {
  expect(error).toBeInstanceOf(RunError);
  for (const failure of (error as RunError).failures) {
    expect(failure).toMatch(/ \[[a-z-]+\]/);
    expect(failure).not.toMatch(/TypeError|Cannot (read|convert)|is not (a function|iterable)|ZodError/);
  }
}

/** The reads of a refresh whose answer is an object, with what it is. */
async function objectsOf({ stack, at, site }: Case): Promise<[line: string, metadata: Props][]> {
  at.proxy.lines.length = 0;
  await stack.refresh();
  const lines = [...new Set(at.proxy.lines.filter((line) => line.startsWith("GET ")))];
  const all = await Promise.all(
    lines.map(async (line) => [line, (await site.daemon.raw.get(pathOf(line))).body.metadata] as const),
  );
  return all.flatMap(([line, metadata]) => (isObject(metadata) ? [[line, metadata]] : []));
}

const isObject = (value: unknown): value is Props =>
  typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;

function answer({ at }: Case, line: string, metadata: Props): void {
  const body = JSON.stringify({ type: "sync", status: "Success", status_code: 200, metadata });
  at.proxy.answer = { matches: (each) => each === line, text: answerOf(200, body) };
}

function testsOf(_kind: Kind, test: Test): void {
  test("an answer with more fields changes nothing, and one with a wrong field loses nothing", async (subject) => {
    const { stack, at } = subject;
    await stack.up(subject.program());
    await stack.refresh();
    const [{ resources }, made, known] = [stack.state, await subject.requireLook(), subject.outputs];
    for (const [line, metadata] of await objectsOf(subject)) {
      answer(subject, line, { ...metadata, more: { of: ["it"] }, other: null });
      await stack.refresh();
      expect(stack.state.resources, line).toEqual(resources);
      stack.state.resources = resources;
      await fc.assert(
        fc.asyncProperty(spoiled(metadata), async (bad) => {
          answer(subject, line, bad);
          await stack.refresh().catch(expectClear);
          at.proxy.heal();
          expect(stack.find(at.name)).toBeDefined();
        }),
        { numRuns: 15, seed: 1, endOnFailure: true },
      );
    }
    // What was read wrongly is drift, which the daemon's own word puts right.
    await stack.refresh();
    await stack.up(subject.program());
    expect(await subject.requireLook()).toEqual(made);
    await subject.end(known);
  });
}

forEachKind(testsOf);
