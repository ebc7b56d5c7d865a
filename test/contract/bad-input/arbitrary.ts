// Arbitrary inputs of a kind: of the shape that its schema asks for, with parts that are anything.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import fc from "fast-check";
import type * as z from "zod";
import { unknown } from "../harness/stack";

type Arbitrary = fc.Arbitrary<unknown>;

/** What a schema is, as zod tells it. */
interface Definition {
  type: string;
  shape?: Record<string, z.ZodType>;
  element?: z.ZodType;
  innerType?: z.ZodType;
  valueType?: z.ZodType;
  options?: z.ZodType[];
  entries?: Record<string, unknown>;
  values?: unknown[];
  in?: z.ZodType;
}

/** What people write in the wrong place, and what is special to JavaScript, paths, sizes, URLs and durations. */
const words = [
  ...["", " ", "default", "a", "web-1", "A_b", "-x", "é", "x".repeat(300), "__proto__", "constructor", "toString"],
  ...["0", "-1", "1GiB", "10 GiB", "1e9", "NaN", "5m", "0s", "10m30s", "true", "null", "[]", "{}", "sha256:", "@group"],
  ...[
    "../..",
    "/no/such/file",
    "C:\\x.iso",
    "http://127.0.0.1:1/x.iso",
    "https://",
    "ftp://a/b",
    "10.0.0.1/24",
    "auto",
  ],
  ...["2030-01-01T00:00:00Z", "\0", "a\nb", "<enter>", "<wait", "€".repeat(70), unknown],
];

/** Nothing that is on this machine is read, however much of it there is. */
function harmless(text: string): string {
  return text.startsWith("~") || existsSync(resolve(text.replaceAll("\0", ""))) ? `${text}-not` : text;
}

const text = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...words) }, { weight: 1, arbitrary: fc.string() });
const anything = fc.oneof(text.map(harmless), fc.jsonValue({ maxDepth: 3 }).map(withoutPaths));

function withoutPaths(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_key, part: unknown) => (typeof part === "string" ? harmless(part) : part));
}

/** Mostly of the right shape: otherwise nothing behind the schema is reached. */
export function inputsOf(schema: z.ZodType): Arbitrary {
  return shaped(schema, 0);
}

function mostly(right: Arbitrary): Arbitrary {
  return fc.oneof({ weight: 12, arbitrary: right }, { weight: 1, arbitrary: anything });
}

function shaped(schema: z.ZodType, depth: number): Arbitrary {
  const definition = schema.def as unknown as Definition;
  const { type, shape = {}, element, innerType, valueType, options = [], entries = {}, values = [] } = definition;
  const inner = (part: z.ZodType | undefined): Arbitrary =>
    part === undefined || depth > 6 ? anything : mostly(shaped(part, depth + 1));
  if (type === "object") return objectOf(shape, inner);
  if (type === "array") return fc.array(inner(element), { maxLength: 3 });
  if (type === "record")
    return fc.dictionary(
      text.filter((key) => key !== "__proto__"),
      inner(valueType),
      { maxKeys: 3 },
    );
  if (type === "union") return options.length === 0 ? anything : fc.oneof(...options.map(inner));
  if (type === "enum") return fc.constantFrom(...Object.values(entries));
  if (type === "literal") return fc.constantFrom(...values);
  if (type === "string") return text.map(harmless);
  if (type === "number") return fc.oneof(fc.integer(), fc.double(), fc.constantFrom(0, 1, 10));
  if (type === "boolean") return fc.boolean();
  return inner(innerType ?? definition.in);
}

/** Servers are not looked for by arbitrary names. */
function objectOf(shape: Record<string, z.ZodType>, inner: (part: z.ZodType | undefined) => Arbitrary): Arbitrary {
  const parts = Object.entries(shape).filter(([key]) => key !== "remote" && key !== "server");
  const model = Object.fromEntries(parts.map(([key, part]) => [key, inner(part)]));
  const odd = fc.dictionary(fc.constantFrom("nmae", "sorce", "__x", "toString"), anything, { maxKeys: 1 });
  const some = fc.record(model, {
    requiredKeys: parts.filter(([, part]) => !part.safeParse(undefined).success).map(([key]) => key),
  });
  return fc
    .tuple(some, fc.oneof({ weight: 9, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: odd }))
    .map(([own, more]) => ({ ...own, ...more }));
}
