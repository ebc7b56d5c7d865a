// Delays between attempts.
import { type DownloadLimits } from "./limits";

/** The delay before attempt `failed + 1`: doubles each time, with jitter to spread clients. */
export function backOffMs(failed: number, limits: DownloadLimits): number {
  const full = Math.min(limits.pauseMaxMs, limits.pauseMs * 2 ** Math.max(0, failed - 1));
  return full * (0.5 + Math.random() / 2);
}

/** The delay in a `Retry-After` header (seconds or a date), capped; undefined if it is not usable. */
export function retryAfterMs(header: unknown, limits: DownloadLimits): number | undefined {
  if (typeof header !== "string") return undefined;
  const asked = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - new Date().getTime();
  return Number.isNaN(asked) ? undefined : Math.min(Math.max(0, asked), limits.retryAfterMaxMs);
}
