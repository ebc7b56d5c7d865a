// Finds mistyped paths in the resource option `replaceOnChanges`, which would otherwise have no effect.
import * as z from "zod";
import { nearest } from "../base/nearest";
import { type Failure } from "../kind/kind";
import { stepsOf } from "./property-path";

interface Known {
  schema: z.ZodObject;
  policies: object;
}

/**
 * A path that is close to an input. Any other unknown path is left alone: an option that a transformation gives to the
 * resources of all providers names inputs that some of them do not have.
 */
export function mistypedPaths({ schema, policies }: Known, paths: readonly string[]): Failure[] {
  return paths.flatMap((path) => {
    const [first = "", ...rest] = stepsOf(path);
    const top = [...Object.keys(schema.shape), ...Object.keys(policies)];
    const mistake = top.includes(first) || first === "*" ? mistakeIn(schema.shape[first], rest) : near(first, top);
    if (mistake === undefined) return [];
    const [wrong, right] = mistake;
    const reason = `${JSON.stringify(path)} is not the path of an input; did you mean ${JSON.stringify(right)} for ${JSON.stringify(wrong)}?`;
    return [{ property: "replaceOnChanges", reason }];
  });
}

type Mistake = [wrong: string, right: string];

/** Follows a path as far as it goes through plain objects and lists. */
function mistakeIn(schema: unknown, [step, ...rest]: readonly string[]): Mistake | undefined {
  if (step === undefined) return undefined;
  const type = required(schema);
  if (type instanceof z.ZodArray) return mistakeIn(type.element, rest);
  if (!(type instanceof z.ZodObject) || step === "*") return undefined;
  const shape = type.shape as Record<string, unknown>;
  return step in shape ? mistakeIn(shape[step], rest) : near(step, Object.keys(shape));
}

function required(schema: unknown): unknown {
  return schema instanceof z.ZodOptional ? required(schema.unwrap()) : schema;
}

function near(step: string, known: readonly string[]): Mistake | undefined {
  const right = nearest(step, known);
  return right === undefined ? undefined : [step, right];
}
