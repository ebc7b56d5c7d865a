// The types that arguments are built from: optional values, strings of a fixed form, and exclusive fields.
import type * as pulumi from "@pulumi/pulumi";

/** An optional argument. `undefined`, also inside an output or a promise, means that the argument is absent. */
export type OptionalInput<T> = pulumi.Input<T | undefined>;

/**
 * Keys and their values. Numbers and booleans are converted to strings. `undefined` means that the key is absent.
 */
export type KeyValues = Record<string, OptionalInput<string | number | boolean>>;

/**
 * A string of a fixed form, such as one of several words. What the compiler can see is checked; the strings in outputs
 * and promises are not, because their types seldom are more precise than `string`. The provider checks them.
 */
export type StringInput<T extends string | undefined> = T | Promise<Wide<T>> | pulumi.OutputInstance<Wide<T>>;

type Wide<T> = string | Extract<T, undefined>;

/** The fields of the other types of a union, which exclude each other: `Only<"file", "file" | "url">` forbids `url`. */
export type Only<Own extends All, All extends string> = { [Key in Exclude<All, Own>]?: undefined };

/** The type of no value. */
declare const never: unique symbol;

/** What the compiler's error names for a string that is none of these. No value has this type. */
export interface OneOf<Values extends string> {
  readonly [never]: Values;
}

/** An item of a list of a union's types. With the symbol, the compiler's errors name the field that is wrong. */
export type ItemInput<T> = pulumi.Input<T> | typeof never;
