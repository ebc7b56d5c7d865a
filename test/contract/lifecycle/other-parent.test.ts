// Every kind, wrapped in a component: without aliases that is another resource for the engine, which may be of the same name.
import { expect } from "vitest";
import { type Kind } from "./kinds";
import { type Case, failing, forEachKind, type Test } from "./table";

const parent = "pkg:index:Wrapped";

function testsOf({ identity, importId }: Kind, test: Test): void {
  test("with another parent and no aliases, it is made beside, used, or refused; nothing is lost", async (subject) => {
    const { stack, at } = subject;
    await stack.up(subject.program());
    const [made, known] = [await subject.requireLook(), subject.outputs];
    const program = subject.program({}, { parent });
    await expect(stack.up([...program, failing])).rejects.toThrow('Invalid value "odd"');
    const refused = await stack.up(program).then(
      () => undefined,
      (error: unknown) => error as Error,
    );
    if (refused === undefined) return expectWrapped(subject);
    // What has a name of its own cannot be there twice.
    expect(await subject.look(known)).toEqual(made);
    const id = importId?.(known) ?? "";
    expect(refused.message).toContain(`Pass { import: "${id}" } to adopt it`);
    const imported = subject.program({}, { parent, import: id });
    await expect(stack.up([...imported, failing])).rejects.toThrow('Invalid value "odd"');
    await stack.up(imported);
    expect(stack.stepsOf(at.name)).toEqual(["same", "deleted"]);
    expect(identity?.(await subject.requireLook())).toEqual(identity?.(made));
    await expectWrapped(subject);
  });

  test("with another parent and an alias, it stays as it is", async (subject) => {
    const { stack, urn, at } = subject;
    await stack.up(subject.program());
    const made = await subject.requireLook();
    const program = subject.program({}, { parent, aliases: [urn] });
    await stack.up(program);
    expect(identity?.(await subject.requireLook())).toEqual(identity?.(made));
    await stack.up(program);
    expect(stack.stepsOf(at.name)).toEqual(["same"]);
    const known = subject.outputs;
    await stack.destroy();
    expect(await subject.look(known)).toBeUndefined();
    await subject.end(known);
  });
}

/** One resource with one object, which is deleted with it. */
async function expectWrapped(subject: Case): Promise<void> {
  const { stack, at } = subject;
  const known = subject.outputs;
  await stack.up(subject.program({}, { parent }));
  expect(stack.stepsOf(at.name)).toEqual(["same"]);
  expect(stack.state.resources.filter(({ name }) => name === at.name)).toHaveLength(1);
  await subject.requireLook();
  await subject.end(known);
}

forEachKind(testsOf);
