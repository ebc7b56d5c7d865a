// The interface of every content source: an identity known in advance, and the bytes.
import { type ByteStream } from "./byte-stream";

/** `sha256:<64 hex digits>` or `sha512:<128 hex digits>`. */
export type Digest = `sha256:${string}` | `sha512:${string}`;

/** Known once all bytes have been read. */
export interface Received {
  sha256: string;
  sizeBytes: number;
}

/** Bytes with a known identity. */
export interface Content {
  /** The expected hash of the bytes. */
  readonly digest: Digest;
  /** The size, if it is known in advance. */
  readonly sizeBytes: number | undefined;
  /**
   * Opens the bytes for a single read. They are hashed on the way: if they do not match `digest`, the stream fails
   * (`content-mismatch`) before its end, so that a consumer never sees a complete wrong body.
   */
  open(): Promise<Opened>;
}

/** What a web server says of its answer. */
export interface AnswerHeaders {
  contentType?: string | undefined;
  /** Not applied by this client, which asks for none. */
  contentEncoding?: string | undefined;
}

export interface Opened {
  stream: ByteStream;
  /** The size, if the source reports it. */
  sizeBytes: number | undefined;
  /** Settles once the stream has ended: the actual SHA-256 and size. */
  received: Promise<Received>;
  /** For content from a web server. */
  answer?: AnswerHeaders | undefined;
}

/** Called with the number of bytes read so far. */
export type ReportBytes = (done: number, total: number | undefined) => void;

/** The caller of a read, which receives its progress and can cancel it. */
export interface Reader {
  report?: ReportBytes | undefined;
  signal?: AbortSignal | undefined;
}
