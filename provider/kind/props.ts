// Values exchanged with Pulumi, in which an undefined field counts as absent.

export function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** Inputs or outputs as Pulumi sends them, including the provider's internal fields. */
export type Props = Record<string, unknown>;
