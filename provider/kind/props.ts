// Values exchanged with Pulumi, in which an undefined field counts as absent.

export function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/**
 * Returns a value without the fields that are null: Pulumi sends null for a secret output that resolves to undefined.
 * Items of lists are kept, because others would take their place.
 */
export function withoutNulls<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutNulls) as T;
  const fields = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(fields.map(([key, field]) => [key, withoutNulls(field as unknown)])) as T;
}

/** Inputs or outputs as Pulumi sends them, including the provider's internal fields. */
export type Props = Record<string, unknown>;
