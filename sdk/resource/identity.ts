// Which class a value is of, also where another copy of the package has made it.

/** By the type that Pulumi's base class puts on each resource, as `isInstance` of all SDKs does. */
export function hasType(value: unknown, type: string): boolean {
  return typeof value === "object" && value !== null && (value as { __pulumiType?: unknown }).__pulumiType === type;
}

type AnyClass = abstract new (...args: never[]) => unknown;

/** For `instanceof`. A class that a program derives has its own instances only, which no type tells apart. */
export function isInstanceOf(type: AnyClass, value: unknown): boolean {
  const { __pulumiType } = type as unknown as { __pulumiType?: string };
  const isOurs = Object.hasOwn(type, "__pulumiType") && __pulumiType !== undefined;
  return isOurs ? hasType(value, __pulumiType) : Function.prototype[Symbol.hasInstance].call(type, value);
}
