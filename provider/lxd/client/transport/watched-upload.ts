// The body of an upload, watched: a daemon that takes no more of it, or never answers, is given up.

export interface UploadLimits {
  /** How long the daemon may leave what is offered to it untaken. */
  stallMs: number;
  /** How long it may take to answer after the last byte. */
  answerMs: number;
}

export interface WatchedUpload {
  stream: UploadStream;
  /** Aborted with `silence()` when a limit has passed. */
  signal: AbortSignal;
  /** The answer has come, or nobody waits for it any more. What was not sent is let go of, even if it was never begun. */
  end: () => void;
}

/** A source may be as slow as it likes: it has time limits of its own. */
export function watchUpload(source: UploadStream, limits: UploadLimits, silence: () => Error): WatchedUpload {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => clearTimeout(timer);
  const allow = (ms: number): void => {
    stop();
    if (ms > 0) timer = setTimeout(() => abort.abort(silence()), ms);
  };
  async function* passedOn(): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      allow(limits.stallMs);
      yield chunk;
      stop();
    }
    allow(limits.answerMs);
  }
  const end = (): void => {
    stop();
    // What is waiting for its source cannot be ended through the generator, only through the source.
    source.destroy();
  };
  return { stream: { [Symbol.asyncIterator]: passedOn, destroy: end }, signal: abort.signal, end };
}

/**
 * The bytes of an upload, in chunks of which each may be overwritten once the next one is asked for. `destroy` lets go of
 * what they come from.
 */
export type UploadStream = AsyncIterable<Uint8Array> & { destroy(): void };
