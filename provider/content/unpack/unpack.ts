// Decompresses a stream on its way.
import { type Writable } from "node:stream";
import { type ByteStream, through } from "../byte-stream";
import { type Unpackable } from "./unpackable";
import { startUnpacker } from "./unpackers";

/**
 * The stream without its compression. It ends only if the compressed one does: if that fails because of its hash, this
 * one fails too.
 */
export function decompressed(source: ByteStream, by: Unpackable): ByteStream {
  return through(source, async function* () {
    const unpacker = startUnpacker(by);
    // Reported below, unless the source is the reason.
    unpacker.done.catch(() => undefined);
    let failure: { reason: unknown } | undefined;
    const feeding = feed(source, unpacker.input).catch((reason: unknown) => {
      failure = { reason };
      unpacker.stop();
    });
    try {
      for await (const chunk of unpacker.output as AsyncIterable<Buffer>) yield chunk;
      await unpacker.done;
      // The hash is verified with the last bytes.
      await feeding;
    } catch (error) {
      unpacker.stop();
      const reason: unknown = await unpacker.done.then(
        () => error,
        (damage: unknown) => damage,
      );
      failure ??= { reason };
    } finally {
      unpacker.stop();
      source.destroy();
    }
    if (failure !== undefined) throw failure.reason;
  });
}

/** A chunk is lent until the next one is requested. An unpacker that reads no more says why when it ends. */
async function feed(source: ByteStream, input: Writable): Promise<void> {
  let isOpen = true;
  for await (const chunk of source) {
    if (isOpen) isOpen = await new Promise((resolve) => input.write(chunk, (error) => resolve(error == null)));
  }
  input.end();
}
