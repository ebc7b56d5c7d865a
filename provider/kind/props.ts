// Values as they travel to Pulumi and back: a field that is undefined is one that is absent.

export function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** Inputs or outputs as they come from Pulumi, the bookkeeping among them. */
export type Props = Record<string, unknown>;
