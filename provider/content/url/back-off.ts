// How long to wait before the next attempt.
import { type DownloadLimits } from "./limits";

/** The pause before attempt number `failed + 1`: doubling, with jitter so that many clients do not come back at once. */
export function backOffMs(failed: number, limits: DownloadLimits): number {
  const full = Math.min(limits.pauseMaxMs, limits.pauseMs * 2 ** Math.max(0, failed - 1));
  return full * (0.5 + Math.random() / 2);
}

/** What a `Retry-After` header asks for (seconds or a date), bounded; undefined if it says nothing usable. */
export function retryAfterMs(header: unknown, limits: DownloadLimits): number | undefined {
  if (typeof header !== "string") return undefined;
  const asked = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - new Date().getTime();
  return Number.isNaN(asked) ? undefined : Math.min(Math.max(0, asked), limits.retryAfterMaxMs);
}
