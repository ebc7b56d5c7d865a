// Timestamps with nanoseconds, as the real daemons report them, unique within the process.

const perSecond = 1_000_000_000n;
let last = 0n;

/** Later than every earlier timestamp in this process. */
export function timestamp(): string {
  const now = BigInt(new Date().getTime()) * 1_000_000n + (process.hrtime.bigint() % 1_000_000n);
  last = now > last ? now : last + 1n;
  const seconds = new Date(Number(last / perSecond) * 1000).toISOString().slice(0, 19);
  const fraction = String(last % perSecond)
    .padStart(9, "0")
    .replace(/0+$/, "");
  return fraction === "" ? `${seconds}Z` : `${seconds}.${fraction}Z`;
}
