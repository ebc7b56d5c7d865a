// Detects optical media: ISO 9660, or UDF alone as on some Windows media.
import { open } from "node:fs/promises";
import { LxdError } from "../base/errors";
import { type ByteStream, through } from "./byte-stream";

const sectorBytes = 2048;
/** The first volume descriptor in both standards; the sectors before it may hold any boot record. */
const firstDescriptor = 16;
const lookedAt = 16;
/** The ISO 9660 identifier, and those that announce a UDF volume. */
const identifiers = ["CD001", "NSR02", "NSR03"];

export async function isIso(path: string): Promise<boolean> {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(lookedAt * sectorBytes),
      0,
      lookedAt * sectorBytes,
      firstDescriptor * sectorBytes,
    );
    return hasDescriptor(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

/** Passes the bytes through; fails before they are complete if they do not start as optical media do. */
export function requireIso(stream: ByteStream, name: string): ByteStream {
  const desired = (firstDescriptor + lookedAt) * sectorBytes;
  const judge = (head: Buffer): Buffer => {
    if (!hasDescriptor(head.subarray(firstDescriptor * sectorBytes))) throw notIso(name);
    return head;
  };
  return through(stream, async function* (chunks) {
    let head: Buffer | undefined = Buffer.alloc(0);
    for await (const chunk of chunks) {
      if (head === undefined) {
        yield chunk;
        continue;
      }
      head = Buffer.concat([head, chunk]);
      if (head.length < desired) continue;
      yield judge(head);
      head = undefined;
    }
    if (head !== undefined) yield judge(head);
  });
}

export function notIso(name: string): LxdError {
  return new LxdError({
    code: "invalid-argument",
    why: `${name} is not an ISO 9660 or UDF image`,
    advice: "Use an ISO image, or set allowAnyContent: true to import this content anyway.",
  });
}

/** Whether these bytes, which start at sector 16, contain a volume descriptor. */
function hasDescriptor(bytes: Buffer): boolean {
  for (let at = 1; at + 5 <= bytes.length; at += sectorBytes) {
    if (identifiers.includes(bytes.toString("latin1", at, at + 5))) return true;
  }
  return false;
}
