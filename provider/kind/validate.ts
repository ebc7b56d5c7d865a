// Validates inputs against a schema and collects every failure, letting unknown values pass.
import type * as z from "zod";
import { type Failure } from "./kind";
import { isUnknown, unknown } from "./unknowns";
import { zodMessages } from "./zod-messages";

export interface Validated {
  /** The inputs, with everything that failed replaced by `unknown`, so that later checks can continue with the rest. */
  value: Record<string, unknown>;
  failures: Failure[];
}

type Path = readonly PropertyKey[];

export function validate(schema: z.ZodType, given: Record<string, unknown>): Validated {
  const value = structuredClone(given);
  const failures: Failure[] = [];
  const issuesOf = () => schema.safeParse(value, { error: zodMessages, reportInput: true }).error?.issues ?? [];
  for (const issue of issuesOf()) {
    if (leadsToUnknown(value, issue.path)) continue;
    // Inside `tagged`, unknown keys arrive as custom issues, which keep their other fields.
    const keys = "keys" in issue && Array.isArray(issue.keys) ? issue.keys : undefined;
    if (keys === undefined) {
      failures.push({ property: describePath(issue.path), reason: issue.message });
      set(value, issue.path, unknown);
      continue;
    }
    const reasons = issue.message.split("\n");
    for (const [i, key] of keys.entries()) {
      failures.push({ property: describePath([...issue.path, key]), reason: reasons[i] ?? issue.message });
      set(value, [...issue.path, key], undefined);
    }
  }
  // An object with only unknown keys is incomplete without them: `{ fiel: "x.iso" }`.
  const rest = failures.length === 0 ? [] : issuesOf().filter(({ path }) => !leadsToUnknown(value, path));
  for (const { path } of rest) set(value, path, unknown);
  return { value, failures };
}

/** Formats a path, for example `cdroms[0].bootPriority` or `config["limits.cpu"]`. */
export function describePath(path: Path): string {
  return path.map(describeStep).join("");
}

function describeStep(step: PropertyKey, i: number): string {
  if (typeof step === "number") return `[${step}]`;
  const key = String(step);
  if (!/^[\w$-]+$/.test(key)) return `[${JSON.stringify(key)}]`;
  return i === 0 ? key : `.${key}`;
}

function leadsToUnknown(root: unknown, path: Path): boolean {
  let value = root;
  for (const step of path) {
    if (isUnknown(value)) return true;
    value = typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[step] : undefined;
  }
  return isUnknown(value);
}

function set(root: Record<string, unknown>, path: Path, to: unknown): void {
  let holder: Record<PropertyKey, unknown> = root;
  for (const step of path.slice(0, -1)) {
    const next = holder[step];
    if (typeof next !== "object" || next === null) return;
    holder = next as Record<PropertyKey, unknown>;
  }
  const last = path.at(-1);
  if (last === undefined) return;
  if (to === undefined) Reflect.deleteProperty(holder, last);
  else holder[last] = to;
}
