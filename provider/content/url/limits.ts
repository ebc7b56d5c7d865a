// How long and how often a download tries before it gives up.

export interface DownloadLimits {
  /** To reach a server (name, TCP, TLS). */
  connectMs: number;
  /** Without a byte, while we are ready to take one. A slow consumer does not count. */
  idleMs: number;
  /** Attempts in a row on one mirror that bring no new byte. */
  barrenAttempts: number;
  /** Attempts on one mirror in all: a server that cuts every few bytes must not keep us for ever. */
  attempts: number;
  redirects: number;
  /** The first pause between attempts; each further one in a row is twice as long, up to `pauseMaxMs`. */
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
