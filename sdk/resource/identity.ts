// Tests the class of a value across several copies of the package.

/** Compares the type that Pulumi's base class sets on each resource, like `isInstance` in all SDKs. */
export function hasType(value: unknown, type: string): boolean {
  return typeof value === "object" && value !== null && (value as { __pulumiType?: unknown }).__pulumiType === type;
}

type AnyClass = abstract new (...args: never[]) => unknown;

/** Implements `instanceof`. A subclass defined in a program has no type of its own, so it uses the default check. */
export function isInstanceOf(type: AnyClass, value: unknown): boolean {
  const { __pulumiType } = type as unknown as { __pulumiType?: string };
  const isOurs = Object.hasOwn(type, "__pulumiType") && __pulumiType !== undefined;
  return isOurs ? hasType(value, __pulumiType) : Function.prototype[Symbol.hasInstance].call(type, value);
}
