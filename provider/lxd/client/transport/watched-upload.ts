// Monitors the body of an upload, and aborts it if the server stops reading or never responds.

export interface UploadLimits {
  /** How long the server may leave offered data unread. */
  stallMs: number;
  /** How long the server may take to respond after the last byte. */
  answerMs: number;
}

export interface WatchedUpload {
  stream: UploadStream;
  /** Aborted with `silence()` when a limit is exceeded. */
  signal: AbortSignal;
  /**
   * Call this when the response has arrived or nobody waits for it. Releases the source, even if the upload never
   * started.
   */
  end: () => void;
}

/** The source may be arbitrarily slow: it has deadlines of its own. */
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
    // A pending read cannot be ended through the generator, only through its source.
    source.destroy();
  };
  return { stream: { [Symbol.asyncIterator]: passedOn, destroy: end }, signal: abort.signal, end };
}

/**
 * The bytes of an upload. A chunk may be overwritten as soon as the next one is requested. `destroy` releases the
 * source.
 */
export type UploadStream = AsyncIterable<Uint8Array> & { destroy(): void };
