// ETags like the real daemons': a hash of some of an object's fields, compared on write.
import { createHash } from "node:crypto";

import { DaemonError } from "../errors";

/** JSON with sorted map keys, as in Go. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

/** The ETag of the covered fields, without quotes. */
export function etagOf(covered: unknown): string {
  return createHash("sha256").update(canonical(covered)).digest("hex");
}

/** 412 unless `ifMatch` is absent or the current ETag; quotes are optional, no other syntax is supported. */
export function requireMatch(ifMatch: string | undefined, covered: unknown): void {
  if (ifMatch === undefined || ifMatch === "") return;
  const given = ifMatch.replace(/^"+|"+$/g, "");
  const current = etagOf(covered);
  if (given !== current) throw new DaemonError(412, `ETag doesn't match: ${current} vs ${given}`);
}
