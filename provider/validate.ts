// Checks inputs against a schema and collects every failure, letting values through that a preview does not know yet.
import { type z } from "zod";
import { type Failure } from "./kind";
import { isUnknown, unknown } from "./unknowns";

export interface Validated {
  /** The inputs, with `unknown` in place of everything that failed, so that later checks can go on with the rest. */
  value: Record<string, unknown>;
  failures: Failure[];
}

type Path = readonly PropertyKey[];

export function validate(schema: z.ZodType, given: Record<string, unknown>): Validated {
  const value = structuredClone(given);
  const failures: Failure[] = [];
  const issues = schema.safeParse(value, { error: wording, reportInput: true }).error?.issues ?? [];
  for (const issue of issues) {
    if (leadsToUnknown(value, issue.path)) continue;
    // Unknown keys are told inside `tagged` as custom issues, which keep their other fields.
    const keys = "keys" in issue && Array.isArray(issue.keys) ? issue.keys : [];
    failures.push({ property: describePath([...issue.path, ...keys.slice(0, 1)]), reason: issue.message });
    if (keys.length === 0) set(value, issue.path, unknown);
    for (const key of keys) set(value, [...issue.path, key], undefined);
  }
  return { value, failures };
}

/** `cdroms[0].bootPriority` */
export function describePath(path: Path): string {
  return path
    .map((step, i) => (typeof step === "number" ? `[${step}]` : `${i === 0 ? "" : "."}${String(step)}`))
    .join("");
}

const wording: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === "invalid_type") {
    if (issue.input === undefined) return "is required";
    return `must be ${article(issue.expected)}, but is ${JSON.stringify(issue.input)}`;
  }
  if (issue.code === "invalid_value") return `must be ${issue.values.map((v) => JSON.stringify(v)).join(" or ")}`;
  return undefined;
};

function article(type: string): string {
  return `${/^[aeiou]/.test(type) ? "an" : "a"} ${type === "record" ? "map" : type}`;
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
