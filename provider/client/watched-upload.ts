// The body of an upload, watched: a daemon that takes no more of it, or never answers, is given up.
import { Readable } from "node:stream";

export interface UploadLimits {
  /** How long the daemon may leave what is offered to it untaken. */
  stallMs: number;
  /** How long it may take to answer after the last byte. */
  answerMs: number;
}

export interface WatchedUpload {
  stream: Readable;
  /** Aborted with `silence()` when a limit has passed. */
  signal: AbortSignal;
  /** The answer has come, or nobody waits for it any more. */
  end: () => void;
}

/** A source may be as slow as it likes: it has time limits of its own. */
export function watchUpload(source: Readable, limits: UploadLimits, silence: () => Error): WatchedUpload {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => clearTimeout(timer);
  const allow = (ms: number): void => {
    stop();
    if (ms > 0) timer = setTimeout(() => abort.abort(silence()), ms);
  };
  async function* passedOn(): AsyncGenerator {
    for await (const chunk of source) {
      allow(limits.stallMs);
      yield chunk;
      stop();
    }
    allow(limits.answerMs);
  }
  const stream = Readable.from(passedOn(), { objectMode: false });
  // What is waiting for its source cannot be ended through the generator, only through the source.
  stream.once("close", () => source.destroy());
  return { stream, signal: abort.signal, end: stop };
}
