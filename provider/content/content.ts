// What every source of bytes offers: an identity that is known before the bytes are read, and the bytes themselves.
import { type ByteStream } from "./byte-stream";

/** `sha256:<64 hex digits>` or `sha512:<128 hex digits>`. */
export type Digest = `sha256:${string}` | `sha512:${string}`;

/** What is known of bytes once they have all passed. */
export interface Received {
  sha256: string;
  sizeBytes: number;
}

/** Bytes with an identity. */
export interface Content {
  /** What the bytes must hash to. */
  readonly digest: Digest;
  /** Their number, where it is known before they are read. */
  readonly sizeBytes: number | undefined;
  /**
   * The bytes, to be read once. They are hashed as they pass: if they turn out not to be those of `digest`, the stream
   * fails (`content-mismatch`) before its end, so that whoever consumes it never sees a complete wrong body.
   */
  open(): Promise<Opened>;
}

export interface Opened {
  stream: ByteStream;
  /** How many bytes will come, if the source says so. */
  sizeBytes: number | undefined;
  /** Settles when the stream has ended: the real SHA-256 and size. */
  received: Promise<Received>;
}

/** Told of the bytes that have passed so far. */
export type ReportBytes = (done: number, total: number | undefined) => void;

/** Whoever has bytes read: is told how far that is, and may stop it. */
export interface Reader {
  report?: ReportBytes | undefined;
  signal?: AbortSignal | undefined;
}
