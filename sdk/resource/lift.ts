// Changes inputs where they are known: as they are written, or inside of an output or a promise.
import * as pulumi from "@pulumi/pulumi";

/** Of an output or a promise, `change` is given all that is in it; the result may have outputs in it again. */
export function lift(input: unknown, change: (known: unknown) => unknown): unknown {
  if (!pulumi.Output.isInstance(input) && !(input instanceof Promise)) return change(input);
  const output: pulumi.Output<unknown> = pulumi.output(input);
  return output.apply((known) => pulumi.output(change(known)));
}

/** The same for each item of a list. What is no list is left to the provider's check, which says so. */
export function liftEach(list: unknown, change: (known: unknown, index: number) => unknown): unknown {
  return lift(list, (items) =>
    Array.isArray(items) ? items.map((item, i) => lift(item, (known) => change(known, i))) : items,
  );
}

/** The same for each value of a record. */
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
