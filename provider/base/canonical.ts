// Values and texts by what they are: JSON that does not depend on the order of keys, and the hash of a text.
import { createHash } from "node:crypto";

/** Equal for equal values, whatever the order in which their keys were written. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => {
    if (typeof each !== "object" || each === null || Array.isArray(each)) return each;
    return Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** In hexadecimal digits. */
export function sha256(text: string | Buffer): string {
  return createHash("sha256").update(text).digest("hex");
}
