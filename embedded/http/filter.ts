// The `filter` of lists: `field eq value`, joined by `and` and `or`, optionally negated with `not`.
import { DaemonError, failed } from "../errors";

type Matcher = (object: Record<string, unknown>) => boolean;

interface Clause {
  negated: boolean;
  field: string;
  operator: "eq" | "ne";
  value: string;
}

/** Splits the filter into words; quotes keep spaces together. */
function wordsOf(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? "");
}

function readClause(words: string[], status: number): Clause {
  const negated = words[0] === "not";
  if (negated) words.shift();
  const [field, operator, value] = words.splice(0, 3);
  if (operator === undefined) throw new DaemonError(status, "Invalid filter: clause has no operator");
  if (value === undefined) throw new DaemonError(status, "Invalid filter: clause has no value");
  if (operator !== "eq" && operator !== "ne") throw failed("Unsupported operation");
  return { negated, field: field ?? "", operator, value };
}

/** `config.user.a` is the key `user.a` of the object's `config`. */
function valueAt(object: Record<string, unknown>, field: string): unknown {
  if (field in object) return object[field];
  const dot = field.indexOf(".");
  const inner = dot < 0 ? undefined : object[field.slice(0, dot)];
  if (typeof inner !== "object" || inner === null) return undefined;
  return (inner as Record<string, unknown>)[field.slice(dot + 1)];
}

function matches(clause: Clause, object: Record<string, unknown>): boolean {
  const value = valueAt(object, clause.field);
  const known = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  const equal = known && String(value).toLowerCase() === clause.value.toLowerCase();
  return (equal === (clause.operator === "eq")) !== clause.negated;
}

/** A predicate for one object. `or` and `and` are applied from left to right, as in the daemons. */
export function parseFilter(text: string, badFilterStatus: number): Matcher {
  const words = wordsOf(text);
  const first = readClause(words, badFilterStatus);
  const more: { joint: string; clause: Clause }[] = [];
  while (words.length > 0) {
    const joint = words.shift() ?? "";
    if (joint !== "and" && joint !== "or")
      throw new DaemonError(badFilterStatus, "Invalid filter: invalid logical operator");
    more.push({ joint, clause: readClause(words, badFilterStatus) });
  }
  return (object) =>
    more.reduce(
      (result, { joint, clause }) => {
        const next = matches(clause, object);
        return joint === "and" ? result && next : result || next;
      },
      matches(first, object),
    );
}
