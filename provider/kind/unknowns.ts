// Values that a preview does not know yet, which everything that handles inputs must pass through.

/** The value that Pulumi's engine sends for an unknown, at any depth. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export function isUnknown(value: unknown): boolean {
  return value === unknown;
}

/** Tests whether any part of a value is unknown. */
export function hasUnknown(value: unknown): boolean {
  if (isUnknown(value)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(hasUnknown);
}
