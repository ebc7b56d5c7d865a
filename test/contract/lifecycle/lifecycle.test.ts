// Every kind through everything that Pulumi's engine, other people and a bad day do to a resource.
import { expect } from "vitest";
import { type Declared, type Props } from "../harness/stack-run";
import { isPlugin } from "../harness/plugin-process";
import { kindOf } from "../harness/stack-process";
import { type Kind } from "./kinds";
import { failing, forEachKind, type Test } from "./table";

function testsOf(kind: Kind, test: Test): void {
  const { isRenamed, importId, identity } = kind;

  test("the list has a change for each cost that its policies have", async (subject) => {
    const has = (cost: string): boolean => subject.subject.changes.some((change) => change.cost === cost);
    const policies: unknown[] = Object.values(kindOf(kind.kindName).policies);
    if (policies.includes("update")) expect(has("updated")).toBe(true);
    if (policies.includes("replace")) expect(has("replaced")).toBe(true);
    await subject.end();
  });

  test("is created, unchanged, refreshed, unchanged, and destroyed", async (subject) => {
    const { stack } = subject;
    await stack.up(subject.program());
    expect(subject.step).toBe("created");
    const made = await subject.requireLook();
    const same = async (): Promise<void> => {
      await stack.up(subject.program());
      expect(stack.steps.map(({ step }) => step)).toEqual(stack.state.resources.map(() => "same"));
    };
    await same();
    await stack.refresh();
    await same();
    expect(await subject.requireLook()).toEqual(made);
    await subject.end();
  });

  const isUnique = kindOf(kind.kindName).uniqueName !== undefined && kind.hasAutomaticName !== true;
  test(
    "another resource of its name is refused in the preview, by the URN of the first",
    async (subject) => {
      const { stack } = subject;
      await stack.up(subject.program());
      const made = await subject.requireLook();
      const [first] = subject.program(subject.named(subject.outputs)).slice(-1);
      const program = [...subject.program(), { ...first, name: `${subject.at.name}-2` } as Declared];
      await expect(stack.up(program)).rejects.toThrow(`of another resource of this program, ${subject.urn}`);
      expect(await subject.requireLook()).toEqual(made);
      await stack.up(subject.program());
      await subject.end();
    },
    { missing: isUnique ? undefined : "two of them may have one name" },
  );

  test("each changed input costs what is said of it, and is the same afterwards", async (subject) => {
    const { stack } = subject;
    const known = [];
    await stack.up(subject.program());
    for (const { input, more: to, cost } of subject.subject.changes) {
      const before = await subject.requireLook();
      known.push(subject.outputs);
      await stack.up(subject.program(to));
      expect(subject.step, input).toBe(cost);
      const after = await subject.requireLook();
      if (identity && cost !== "replaced") expect(identity(after), input).toEqual(identity(before));
      if (identity && cost === "replaced") expect(identity(after), input).not.toEqual(identity(before));
      await stack.refresh();
      await stack.up(subject.program(to));
      expect(subject.step, input).toBe("same");
      await stack.up(subject.program());
    }
    await subject.end(...known);
  });

  test(
    "a rename of which the rest fails leaves a state that destroy can act on",
    async (subject) => {
      const { stack } = subject;
      await stack.up(subject.program());
      const before = await subject.requireLook();
      const [old, name] = [subject.outputs, `${subject.at.name}-new`];
      const [change] = subject.subject.changes;
      const more = { ...(change?.more as Props), name };
      subject.refuse(/^(PUT|PATCH) /);
      await expect(stack.up(subject.program(more))).rejects.toThrow("refused by the test");
      subject.at.proxy.heal();
      await stack.up(subject.program(more));
      expect(identity?.(await subject.requireLook())).toEqual(identity?.(before));
      subject.refuse(/^(PUT|PATCH) /);
      await expect(stack.up(subject.program({ name: `${name}2` }))).rejects.toThrow("refused by the test");
      subject.at.proxy.heal();
      await subject.end(old, { ...old, name }, { ...old, name: `${name}2` });
    },
    { missing: isRenamed !== true ? "its name changes by a replacement" : undefined },
  );

  test("--replace leaves one object, also when another resource fails", async (subject) => {
    const { stack, urn } = subject;
    await stack.up(subject.program());
    const first = subject.outputs;
    await stack.up(subject.program(), { replace: [urn] });
    await subject.requireLook();
    await expect(stack.up([...subject.program(), failing], { replace: [urn] })).rejects.toThrow();
    await stack.up(subject.program());
    await subject.requireLook();
    await stack.up(subject.program());
    expect(subject.step).toBe("same");
    expect(stack.state.resources.filter((each) => each.urn === urn)).toHaveLength(1);
    await subject.end(first);
  });

  test("--replace with deleteBeforeReplace makes another object", async (subject) => {
    const { stack, urn } = subject;
    const program = subject.program({}, { deleteBeforeReplace: true });
    await stack.up(program);
    await subject.requireLook();
    await stack.up(program, { replace: [urn] });
    expect(subject.step).toBe("replaced");
    await subject.requireLook();
    await subject.end();
  });

  test(
    "imported under another logical name, it survives the removal of the old one in the same run",
    async (subject) => {
      const { stack, at } = subject;
      await stack.up(subject.program());
      const before = await subject.requireLook();
      const id = importId?.(subject.outputs) ?? "";
      const [old, name] = [subject.outputs, `${at.name}-other`];
      const program = subject.program(subject.named(old), { name, import: id });
      await stack.up(program);
      expect(await subject.look(stack.outputsOf(name))).toBeDefined();
      expect(identity?.((await subject.look(stack.outputsOf(name))) ?? {})).toEqual(identity?.(before));
      await stack.up(program);
      expect(stack.stepsOf(name)).toEqual(["same"]);
      await subject.end(old);
    },
    { missing: importId === undefined ? "it cannot be imported by a name" : undefined },
  );
}

forEachKind(testsOf);
if (!isPlugin) forEachKind(testsOf, ["embedded"], true);
