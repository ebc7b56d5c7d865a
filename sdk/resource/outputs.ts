// The types of arguments as outputs: what a resource has once its inputs are known.
import type * as pulumi from "@pulumi/pulumi";
import { type OneOf } from "./inputs";

/** A reference to an ISO volume. */
export interface VolumeReference {
  /** The storage pool. */
  pool: string;
  /** Name of the volume. */
  name: string;
  /** Project of the volume. Default: the project of the resource. */
  project?: string | undefined;
  /** Identifies the content, if the volume is one of this program. */
  digest?: string | undefined;
}

/**
 * An argument as an output: without outputs inside, and with references instead of volumes. A preview contains it as
 * the program writes it; afterwards, it has the defaults that the provider adds, such as the names of devices.
 */
export type Resolved<T> = T extends
  pulumi.OutputInstance<unknown> | Promise<unknown> | symbol | { condition: OneOf<string> }
  ? never
  : T extends string
    ? T
    : T extends pulumi.Resource
      ? VolumeReference
      : T extends (infer Item)[]
        ? Resolved<Item>[]
        : T extends object
          ? { [Key in keyof T]: Resolved<T[Key]> }
          : T;

/**
 * Returns an output that is undefined where the state has null, which stands for what the object lacks: Pulumi takes an
 * output that the state does not contain for unknown in every preview.
 */
export function orUndefined<T>(output: pulumi.Output<T | undefined>): pulumi.Output<T | undefined> {
  return output.apply((value: T | null | undefined) => value ?? undefined);
}

/**
 * Returns these keys without values. Pulumi makes an output of each key that the constructor of a resource passes, and
 * stores nothing for a key without a value.
 */
export function declared(...keys: string[]): Record<string, undefined> {
  return Object.fromEntries(keys.map((key) => [key, undefined]));
}
