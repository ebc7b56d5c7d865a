// Limits of a download: timeouts and numbers of attempts.

export interface DownloadLimits {
  /** For connecting to a server (name resolution, TCP, TLS). */
  connectMs: number;
  /** Without receiving a byte while the reader is waiting. A slow reader does not count. */
  idleMs: number;
  /** Consecutive attempts on one mirror without a new byte. */
  barrenAttempts: number;
  /** Total attempts on one mirror: a server that disconnects every few bytes must not block forever. */
  attempts: number;
  redirects: number;
  /** The first delay between attempts; each consecutive one doubles, up to `pauseMaxMs`. */
  pauseMs: number;
  pauseMaxMs: number;
  /** The longest `Retry-After` that is honoured in full. */
  retryAfterMaxMs: number;
}

export const defaultLimits: DownloadLimits = {
  connectMs: 30_000,
  idleMs: 60_000,
  barrenAttempts: 5,
  attempts: 50,
  redirects: 10,
  pauseMs: 500,
  pauseMaxMs: 30_000,
  retryAfterMaxMs: 120_000,
};
