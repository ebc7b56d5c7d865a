// The resource option `customTimeouts`, which Pulumi does not pass to a dynamic provider, so the SDK passes it as an input.
import { type Props } from "../kind/props";

export const timeoutsKey = "__timeouts";

const unitMs: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1, us: 1e-3, µs: 1e-3, ns: 1e-6 };

/** The time that an operation may take, if the program limits it. The engine has checked the text. */
export function customTimeoutMs(props: Props, operation: "create" | "update" | "delete"): number | undefined {
  const text = (props[timeoutsKey] as Record<string, unknown> | undefined)?.[operation];
  if (typeof text !== "string") return undefined;
  const parts = [...text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(h|ms|m|us|µs|ns|s)/g)];
  const ms = parts.reduce((sum, [, count, unit = ""]) => sum + Number(count) * (unitMs[unit] ?? 0), 0);
  return ms > 0 ? ms : undefined;
}
