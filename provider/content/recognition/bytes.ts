// The bytes to recognise: a whole file, or the start of a stream.
import { type FileHandle } from "node:fs/promises";

export interface Bytes {
  /** Undefined if more bytes may follow those that are available. */
  readonly sizeBytes: number | undefined;
  /** Fewer bytes than requested at the end of what is available. */
  read(from: number, count: number): Promise<Buffer>;
}

export function bytesOfFile(file: FileHandle, sizeBytes: number): Bytes {
  return {
    sizeBytes,
    read: async (from, count) => {
      const buffer = Buffer.alloc(Math.max(0, Math.min(count, sizeBytes - from)));
      let done = 0;
      while (done < buffer.length) {
        const { bytesRead } = await file.read(buffer, done, buffer.length - done, from + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return buffer.subarray(0, done);
    },
  };
}

export function bytesOfHead(head: Buffer, isWhole: boolean): Bytes {
  return {
    sizeBytes: isWhole ? head.length : undefined,
    read: (from, count) => Promise.resolve(head.subarray(from, from + count)),
  };
}

/** Reads forwards. */
export interface Sequence {
  /** Fewer bytes than requested at the end, or when the limit of what may be read is reached. */
  take(count: number): Promise<Buffer>;
  skip(count: number): Promise<void>;
  /** Whether `take` returned fewer bytes because there are no more. */
  isAtEnd(): boolean;
}

/** Skipping costs nothing: a large file is not read for it. */
export function sequenceOf(bytes: Bytes): Sequence {
  let at = 0;
  return {
    take: async (count) => {
      const taken = await bytes.read(at, count);
      at += taken.length;
      return taken;
    },
    skip: (count) => {
      at += count;
      return Promise.resolve();
    },
    isAtEnd: () => bytes.sizeBytes !== undefined && at >= bytes.sizeBytes,
  };
}
