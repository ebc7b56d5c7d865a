// A scenario's program as a user writes it: the text of an index.js.
import { type Props } from "../../../provider/kind/props";
import type { Program, Resource } from "../stack";

/** An output of a resource that is declared before; without a key the resource itself. */
class Reference {
  constructor(
    readonly name: string,
    readonly key?: string,
  ) {}
}

const outputsOf = (name: string): Props => new Proxy<Props>({}, { get: (_, key) => new Reference(name, String(key)) });

/** Inside the component `GoldenImage`, whose version is random, and another one in each case. Not exported: made again. */
const inner = `class GoldenBuild extends Object.getPrototypeOf(lxd.Profile) {
  constructor(name, args, opts) { super("GoldenBuild", name, { fingerprint: undefined, ...args }, opts); }
}`;

/** Each resource waits for the one before it, as in the program's order. */
export function textOf(program: Program, socket: string): string {
  const head = ['const lxd = require("pulumi-lxd");', inner, "const made = {};"];
  return [...head, ...program.map((resource, i) => declaration(resource, program[i - 1], socket))].join("\n");
}

function declaration(resource: Resource, before: Resource | undefined, socket: string): string {
  const { kind, name } = resource;
  const { __import: importId, __instance: identity, ...own } = resource.args(outputsOf);
  // The identity is what the class finds in the instance that it is given.
  const of = identity instanceof Reference ? { instance: new Reference(identity.name) } : {};
  const args = { remote: { socket }, ...own, ...of };
  const dependsOn = before === undefined ? [] : [new Reference(before.name)];
  const options = { dependsOn, ...(importId === undefined ? {} : { import: importId }) };
  const type = kind === "GoldenBuild" ? kind : `lxd.${kind}`;
  return `made[${JSON.stringify(name)}] = new ${type}(${[name, args, options].map(literal).join(", ")});`;
}

function literal(value: unknown): string {
  if (value instanceof Reference) return `made[${JSON.stringify(value.name)}]${value.key ? `.${value.key}` : ""}`;
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (value === undefined) return "undefined";
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  // The provider's form of a file; programs write the text alone.
  if ("text" in value && Object.keys(value).length === 1) return literal(value.text);
  const entries = Object.entries(value).map(([key, part]) => `${JSON.stringify(key)}: ${literal(part)}`);
  return `{ ${entries.join(", ")} }`;
}
