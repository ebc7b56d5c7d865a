// Sizes and contents of the files in a generated image.
import { type FileHandle, open, stat } from "node:fs/promises";
import { LxdError } from "../../base/errors";
import { expandPath } from "../local-file/file";
import { type FileNode } from "./tree";

/** ISO 9660 stores file sizes in 32 bits; readers treat the highest values as errors. */
const fileMaxBytes = 2 ** 32 - 2;

const chunkBytes = 512 * 1024;

/** The size of a file, determined without reading it; throws if it cannot be stored in an image. */
export async function sizeOf({ path, source }: FileNode): Promise<number> {
  const sizeBytes = "file" in source ? await localSize(path, source.file) : inMemory(source).length;
  if (sizeBytes <= fileMaxBytes) return sizeBytes;
  throw new LxdError({
    code: "invalid-argument",
    why: `the file ${JSON.stringify(path)} has ${sizeBytes} bytes, more than the maximum of ${fileMaxBytes} for an ISO 9660 file`,
    advice: "Split it, or put it on a disk.",
  });
}

/** The bytes of a file, exactly as many as announced. */
export async function* bytesOf({ path, source }: FileNode, sizeBytes: number): AsyncGenerator<Buffer, void> {
  if (!("file" in source)) {
    const bytes = inMemory(source);
    if (bytes.length !== sizeBytes) throw changed(path);
    for (let at = 0; at < sizeBytes; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
    return;
  }
  const file = await open(expandPath(source.file)).catch((error: unknown) => {
    throw unreadable(path, source.file, error);
  });
  try {
    yield* exactly(file, path, sizeBytes);
  } finally {
    await file.close();
  }
}

/** The file changed after the image was planned. */
export function changed(path: string): LxdError {
  return new LxdError({
    code: "content-mismatch",
    why: `the file ${JSON.stringify(path)} has changed since the image was planned`,
    advice: "Wait until it is no longer being written, then run `pulumi up` again.",
  });
}

async function* exactly(file: FileHandle, path: string, sizeBytes: number): AsyncGenerator<Buffer, void> {
  let left = sizeBytes;
  while (left > 0) {
    const desired = Math.min(left, chunkBytes);
    // Allocates a buffer per chunk, since the previous chunk may still be in use by the reader.
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafeSlow(desired), 0, desired);
    if (bytesRead === 0) throw changed(path);
    left -= bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
  const { bytesRead } = await file.read(Buffer.alloc(1), 0, 1);
  if (bytesRead > 0) throw changed(path);
}

function inMemory(source: { text: string } | { bytes: Uint8Array }): Buffer {
  if ("text" in source) return Buffer.from(source.text, "utf8");
  const { buffer, byteOffset, byteLength } = source.bytes;
  return Buffer.from(buffer, byteOffset, byteLength);
}

async function localSize(path: string, given: string): Promise<number> {
  const stats = await stat(expandPath(given)).catch((error: unknown) => {
    throw unreadable(path, given, error);
  });
  if (stats.isFile()) return stats.size;
  throw unreadable(path, given, stats.isDirectory() ? "it is a folder" : "it is not a regular file");
}

function unreadable(path: string, given: string, cause: unknown): LxdError {
  const isAbsent = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
  const reason = typeof cause === "string" ? cause : LxdError.from(cause).details.why;
  return new LxdError({
    code: isAbsent ? "not-found" : "invalid-argument",
    why: `the file ${JSON.stringify(path)} cannot be read from ${given}: ${isAbsent ? "there is no such file" : reason}`,
    advice: isAbsent ? "Paths are relative to the program's folder." : undefined,
    cause: typeof cause === "string" ? undefined : cause,
  });
}
