// Receives a request body into a file in the spool folder and hashes it on the way, without buffering it in memory.
import { createHash, type Hash, randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";

import { failed } from "../errors";

export interface Spooled {
  path: string;
  sizeBytes: number;
}

/** Counts and hashes the bytes as they pass. */
function meter(hashes: readonly Hash[], count: (bytes: number) => void): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      count(chunk.length);
      for (const hash of hashes) hash.update(chunk);
      done(null, chunk);
    },
  });
}

/** The file is deleted if the body is incomplete. */
export async function spoolStream(body: Readable, dir: string, hashes: readonly Hash[] = []): Promise<Spooled> {
  const path = join(dir, randomUUID());
  let sizeBytes = 0;
  try {
    const count = meter(hashes, (bytes) => (sizeBytes += bytes));
    await pipeline(body, count, createWriteStream(path));
  } catch {
    await rm(path, { force: true });
    throw failed("unexpected EOF");
  }
  return { path, sizeBytes };
}

export const sha256 = (): Hash => createHash("sha256");
