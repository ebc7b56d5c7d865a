// The names of ISO volumes that a program does not name: a contract, as they say whose a volume is and what is in it.
import { createHash } from "node:crypto";

/** The eight digits at the end of the name, for content that is known by its SHA-256. */
export function isoDigits(urn: string, content: Buffer): string {
  const sha256 = (data: string | Buffer): string => createHash("sha256").update(data).digest("hex");
  return sha256(`${urn}\nsha256:${sha256(content)}`).slice(0, 8);
}
