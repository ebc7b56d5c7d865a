// Verifies a byte stream: it ends only if its hash matches.
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { LxdError } from "../base/errors";
import { type Digest, type Opened, type Received, type ReportBytes } from "./content";

export interface VerifiedArgs {
  chunks: AsyncGenerator<Buffer, void>;
  /** The expected hash. */
  digest: Digest;
  sizeBytes: number | undefined;
  /** The error for a different hash. */
  mismatch: (got: Digest) => LxdError | Promise<LxdError>;
  /** The operation named in errors. */
  doing: string;
  onProgress?: ReportBytes | undefined;
  /** Called once the stream is finished, whether or not it reached its end. */
  release?: (() => void) | undefined;
}

/**
 * Hashes the bytes as they pass. The last chunk is held back until the hash is verified, so that a reader never gets
 * all of a wrong body.
 */
export function openVerified(args: VerifiedArgs): Opened {
  const { promise: received, resolve, reject } = deferred<Received>();
  const chunks = verify(args, resolve);
  const dress = (error: unknown) => LxdError.from(error).during(args.doing);
  const stream = new Readable({
    read() {
      chunks.next().then(
        ({ value, done }) => {
          if (!this.destroyed) this.push(done === true ? null : value);
        },
        (error: unknown) => this.destroy(dress(error)),
      );
    },
    destroy(error, done) {
      args.release?.();
      // The generator closes what it has opened, possibly in the middle of a chunk; the result of that does not matter.
      chunks.return().catch(() => undefined);
      // No effect if the bytes have been received.
      reject(error instanceof LxdError ? error : dress(closed(error)));
      done(error);
    },
  });
  return { stream, sizeBytes: args.sizeBytes, received };
}

async function* verify(args: VerifiedArgs, settle: (received: Received) => void): AsyncGenerator<Buffer, void> {
  const { digest, sizeBytes, onProgress } = args;
  const sha256 = createHash("sha256");
  const sha512 = digest.startsWith("sha512:") ? createHash("sha512") : undefined;
  let done = 0;
  let held: Buffer | undefined;
  for await (const chunk of args.chunks) {
    sha256.update(chunk);
    sha512?.update(chunk);
    done += chunk.length;
    onProgress?.(done, sizeBytes);
    if (held !== undefined) yield held;
    held = chunk;
  }
  const hex = sha256.digest("hex");
  const got: Digest = sha512 === undefined ? `sha256:${hex}` : `sha512:${sha512.digest("hex")}`;
  if (got !== digest) throw await args.mismatch(got);
  if (held !== undefined) yield held;
  settle({ sha256: hex, sizeBytes: done });
}

/** The reader closed the stream early. */
function closed(cause: unknown): LxdError {
  return new LxdError({ code: "failed", why: "the stream was closed before its end", cause: cause ?? undefined });
}

interface Deferred<T> {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (error: Error) => void;
}

/** A promise settled from outside. Its rejection need not be handled, since the stream reports the error as well. */
function deferred<T>(): Deferred<T> {
  let settle: Pick<Deferred<T>, "resolve" | "reject"> | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  promise.catch(() => undefined);
  return { promise, resolve: (value) => settle?.resolve(value), reject: (error) => settle?.reject(error) };
}
