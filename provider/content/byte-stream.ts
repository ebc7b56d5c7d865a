// Byte streams whose chunks are lent to the reader.

/**
 * Bytes that can be read once. A chunk is valid only until the next one is requested, so a reader that keeps it must
 * copy it. This saves a large upload from allocating as much memory as it has bytes. Node's streams satisfy this
 * interface.
 */
export interface ByteStream extends AsyncIterable<Buffer> {
  /** Releases the underlying source, however far it was read. */
  destroy(): void;
}

/** Transforms the bytes of a stream. */
export function through(source: ByteStream, work: (source: ByteStream) => AsyncGenerator<Buffer>): ByteStream {
  return byteStream(work(source), () => source.destroy());
}

/** Wraps a generator, which closes what it has opened itself, once started. */
export function byteStream(chunks: AsyncGenerator<Buffer>, destroy: () => void): ByteStream {
  return { [Symbol.asyncIterator]: () => chunks, destroy };
}
