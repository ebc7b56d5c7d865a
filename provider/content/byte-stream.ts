// Bytes on their way, in chunks that are lent to whoever reads them.

/**
 * Bytes to be read once. A chunk is lent until the next one is asked for: whoever wants to keep it copies it. That spares
 * a large upload the allocation of as much memory as it has bytes. Node's streams are such streams as well.
 */
export interface ByteStream extends AsyncIterable<Buffer> {
  /** Lets go of whatever the bytes come from, however far they were read. */
  destroy(): void;
}

/** The bytes that some work makes of those of a stream. */
export function through(source: ByteStream, work: (source: ByteStream) => AsyncGenerator<Buffer>): ByteStream {
  return byteStream(work(source), () => source.destroy());
}

/** The bytes of a generator, which closes by itself what it has opened if it was begun. */
export function byteStream(chunks: AsyncGenerator<Buffer>, destroy: () => void): ByteStream {
  return { [Symbol.asyncIterator]: () => chunks, destroy };
}
