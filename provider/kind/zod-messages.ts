// Default messages for values that a schema rejects.
import type * as z from "zod";
import { nearest } from "../base/nearest";

export const zodMessages: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case "invalid_type":
      if (issue.input === undefined) return "is required";
      return `must be ${types[issue.expected] ?? issue.expected}, but is ${describeValue(issue.input)}`;
    case "invalid_value":
      if (issue.input === undefined) return `is required: ${choice(issue.values)}`;
      return `must be ${choice(issue.values)}, but is ${describeValue(issue.input)}${didYouMean(issue.input, issue.values)}`;
    case "too_small":
      return `must be at least ${issue.minimum}, but is ${describeValue(issue.input)}`;
    case "too_big":
      return `must be at most ${issue.maximum}, but is ${describeValue(issue.input)}`;
    default:
      return undefined;
  }
};

const types: Record<string, string> = {
  string: "a string",
  number: "a number",
  int: "an integer",
  boolean: "a boolean",
  object: "an object",
  record: "a map",
  array: "a list",
};

/** Describes a value in a message: scalars literally, others by their type, because they may be long. */
export function describeValue(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  return JSON.stringify(value);
}

/** Returns, for example, `; did you mean "powered-off"?`, or an empty string if no allowed value is close. */
export function didYouMean(input: unknown, values: readonly unknown[]): string {
  if (typeof input !== "string") return "";
  const near = nearest(
    input.replaceAll("_", "-"),
    values.filter((value) => typeof value === "string"),
  );
  return near === undefined ? "" : `; did you mean ${JSON.stringify(near)}?`;
}

function choice(values: readonly unknown[]): string {
  return values.map((value) => JSON.stringify(value)).join(" or ");
}
