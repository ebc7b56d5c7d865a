// Transforms inputs as soon as they are known, whether plain or inside an output or a promise.
import * as pulumi from "@pulumi/pulumi";

/**
 * Applies `change` to the value, or to the resolved value of an output or a promise. The result may contain outputs.
 */
export function lift(input: unknown, change: (known: unknown) => unknown): unknown {
  if (!pulumi.Output.isInstance(input) && !(input instanceof Promise)) return change(input);
  const output: pulumi.Output<unknown> = pulumi.output(input);
  return output.apply((known) => pulumi.output(change(known)));
}

/** Returns `fallback` instead of `undefined`, also inside an output or a promise. */
export function orElse(input: unknown, fallback: unknown): unknown {
  return lift(input, (known) => known ?? fallback);
}

/** Applies `change` to each item of a list. Anything else passes through, for the provider's check to report. */
export function liftEach(list: unknown, change: (known: unknown, index: number) => unknown): unknown {
  return lift(list, (items) =>
    Array.isArray(items) ? items.map((item, i) => lift(item, (known) => change(known, i))) : items,
  );
}

/** Applies `change` to each value of a record. */
export function liftValues(record: unknown, change: (known: unknown, key: string) => unknown): unknown {
  return lift(record, (known) => {
    if (!isRecord(known)) return known;
    const entries = Object.entries(known).map(([key, value]) => [key, lift(value, (each) => change(each, key))]);
    return Object.fromEntries(entries) as unknown;
  });
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
