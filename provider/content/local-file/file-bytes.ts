// Hashes or streams a file without copying it, and verifies until the last byte that it has not changed.
import { createHash } from "node:crypto";
import { type BigIntStats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { byteStream } from "../byte-stream";
import { type Opened, type Reader } from "../content";
import { changed, unreadable } from "./file-problems";
import { identityOf } from "./file-cache";

/** Large enough to be fast, small enough to keep an upload's memory use low. */
const chunkBytes = 1024 * 1024;
/** How often a stream checks whether its file has changed, so that a large changed file fails early. */
const lookEveryBytes = 64 * chunkBytes;

export interface KnownFile {
  path: string;
  stats: BigIntStats;
  sha256: string;
}

export async function hashFile(path: string, stats: BigIntStats, { report, signal }: Reader): Promise<string> {
  const file = await openFile(path);
  try {
    const hash = createHash("sha256");
    let done = 0;
    for await (const chunk of chunks(path, file)) {
      signal?.throwIfAborted();
      hash.update(chunk);
      report?.((done += chunk.length), Number(stats.size));
    }
    await requireUnchanged(path, file, stats);
    return hash.digest("hex");
  } finally {
    await file.close();
  }
}

export async function openUnchanged({ path, stats, sha256 }: KnownFile): Promise<Opened> {
  const file = await openFile(path);
  try {
    await requireUnchanged(path, file, stats);
  } catch (error) {
    await file.close();
    throw error;
  }
  const sizeBytes = Number(stats.size);
  // A second close has no effect.
  const close = (): void => void file.close();
  async function* body(): AsyncGenerator<Buffer> {
    try {
      let sent = 0;
      let looked = 0;
      for await (const chunk of chunks(path, file)) {
        sent += chunk.length;
        // At the latest before the last byte: a receiver never gets all of a file that changed.
        if (sent >= sizeBytes || sent - looked >= lookEveryBytes) {
          await requireUnchanged(path, file, stats);
          looked = sent;
        }
        yield chunk;
        // After the last byte there is nothing to wait for: the daemon's response may have arrived.
        if (sent >= sizeBytes) return;
      }
      // A truncated file has no last byte.
      await requireUnchanged(path, file, stats);
    } finally {
      close();
    }
  }
  const stream = byteStream(body(), close);
  return { stream, sizeBytes, received: Promise.resolve({ sha256, sizeBytes }) };
}

/**
 * Reads ahead by one chunk, so that the disk works while the previous chunk is used. Two buffers alternate. All chunks
 * but the last are full, so that none is small enough for a socket to accept more before it is sent.
 */
async function* chunks(path: string, file: FileHandle): AsyncGenerator<Buffer> {
  let position = 0;
  let [lent, ahead] = [Buffer.allocUnsafeSlow(chunkBytes), Buffer.allocUnsafeSlow(chunkBytes)];
  const read = (): Promise<number> => {
    const reading = readFull(file, ahead, position);
    // It may fail before it is awaited; the await then reports the failure.
    reading.catch(() => undefined);
    return reading;
  };
  let next = read();
  for (;;) {
    const bytesRead = await next.catch((error: unknown) => {
      throw unreadable(path, path, error);
    });
    if (bytesRead === 0) return;
    position += bytesRead;
    [lent, ahead] = [ahead, lent];
    next = read();
    yield lent.subarray(0, bytesRead);
  }
}

/** File systems may return less than requested before the end of the file. */
async function readFull(file: FileHandle, into: Buffer, position: number): Promise<number> {
  let done = 0;
  while (done < into.length) {
    const { bytesRead } = await file.read(into, done, into.length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}

async function openFile(path: string): Promise<FileHandle> {
  return open(path, "r").catch((error: unknown) => {
    throw unreadable(path, path, error);
  });
}

async function requireUnchanged(path: string, file: FileHandle, expected: BigIntStats): Promise<void> {
  const now = await file.stat({ bigint: true });
  if (identityOf(now) !== identityOf(expected)) throw changed(path);
}
