// Every kind under another logical name with `aliases`: an automatic name and the object stay as they are.
import { expect } from "vitest";
import { type Declared, type Props } from "../harness/stack-run";
import { kindOf } from "../harness/stack-process";
import { type Kind } from "./kinds";
import { type Case, forEachKind, type Test } from "./table";

/** The program without a name. */
function unnamed(subject: Case, more: Props = {}, options: globalThis.Partial<Declared> = {}): Declared[] {
  const program = subject.program(more, options);
  return program.map((each, i) => {
    if (i < program.length - 1) return each;
    const { args } = each;
    const without = ({ name: _, ...rest }: Props): Props => rest;
    return { ...each, args: typeof args === "function" ? (of) => without(args(of)) : without(args) };
  });
}

function testsOf(kind: Kind, test: Test): void {
  test("with another logical name and an alias, it keeps its name and its object", async (subject) => {
    const { stack, urn, at } = subject;
    await stack.up(unnamed(subject));
    const [made, known] = [await subject.requireLook(), subject.outputs];
    const name = `${at.name}b`;
    const program = (more: Props = {}): Declared[] => unnamed(subject, more, { name, aliases: [urn] });
    // Only the owner, which is the URN, changes on the server.
    const owners = ["user.pulumi.owner", "properties"];
    const withoutOwner = (object: Props): Props =>
      JSON.parse(JSON.stringify(object, (key, value: unknown) => (owners.includes(key) ? undefined : value))) as Props;
    const expectSame = async (): Promise<void> => {
      expect(stack.outputsOf(name)["name"]).toBe(known["name"]);
      expect(withoutOwner(await subject.requireLook(stack.outputsOf(name)))).toEqual(withoutOwner(made));
    };
    await stack.up(program());
    expect(stack.stepsOf(name)).not.toContain("replaced");
    await expectSame();
    await stack.up(program());
    expect(stack.stepsOf(name)).toEqual(["same"]);
    await stack.refresh();
    await stack.up(program());
    expect(stack.stepsOf(name)).toEqual(["same"]);
    await expectSame();
    // A third name, without the first two: the present one is the only alias that the program needs.
    const third = unnamed(subject, {}, { name: `${name}c`, aliases: [stack.urn(kind.kindName, name)] });
    await stack.up(third);
    expect(stack.outputsOf(`${name}c`)["name"]).toBe(known["name"]);
    await subject.end(known);
  });

  test(
    "a name that the program specifies and then omits is that of the resource",
    async (subject) => {
      const { stack, at } = subject;
      await stack.up(subject.program({ name: `${at.name}x` }));
      const known = subject.outputs;
      await stack.up(unnamed(subject, subject.kind.kindName === "Network" ? { ipv4: { address: "none" } } : {}));
      expect(subject.outputs["name"]).toBe(at.name);
      await subject.end(known);
    },
    {
      missing:
        "name" in kindOf(kind.kindName).policies && kind.hasAutomaticName !== true && kind.kindName !== "IsoVolume"
          ? undefined
          : "it has no name of its own",
    },
  );
}

forEachKind(testsOf);
