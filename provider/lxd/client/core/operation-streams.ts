// The websockets of an operation that talks with its client while it runs: a command's streams, a console.
import { z } from "zod";
import { type FailedRequest, LxdError } from "../../../base/errors";
import { type Client } from "./client";
import { path, withQuery } from "../transport/paths";
import { type WireOperation } from "./envelope";

/** One of them. It is open when it is handed out. */
export interface Stream {
  send: (data: Uint8Array | string) => void;
  /** Resolves when nothing more comes: true when the daemon has said so, false when the connection is gone without. */
  ended: Promise<boolean>;
  close: () => void;
}

/** What is to be done with the bytes of a stream as they come. */
export type Receive = (bytes: Buffer) => void;

const secretsSchema = z.object({ fds: z.record(z.string(), z.string()) });

/**
 * Connects to the streams of an operation, by the names that the daemon gives them (`0`, `1`, `2`, `control`), one after
 * the other. The operation begins when the last of the numbered ones is there; the daemon gives up on it after some
 * seconds.
 *
 * The order matters. A short command may be over at once, and then the daemon closes the outputs. It does not wait for
 * `control`, which is refused from then on. And each stream begins with a ping: an output that is closed before the
 * answer is written breaks, in Node, with all that has come and was not read yet. So `0`, on which nothing comes, is last.
 */
export async function openStreams<Name extends string>(
  client: Client,
  operation: WireOperation,
  { request, receive }: { request: FailedRequest; receive: readonly (readonly [Name, Receive])[] },
): Promise<Record<Name, Stream>> {
  const { fds } = secretsSchema.parse(operation.metadata);
  const opened = new Map<Name, Stream>();
  try {
    for (const [name, take] of receive) {
      const at = withQuery(path("operations", operation.id, "websocket"), { secret: fds[name] ?? "" });
      opened.set(name, await open(client, at, { request, receive: take }));
    }
  } catch (error) {
    for (const stream of opened.values()) stream.close();
    throw error;
  }
  return Object.fromEntries(opened) as Record<Name, Stream>;
}

function open(
  client: Client,
  at: string,
  { request, receive }: { request: FailedRequest; receive: Receive },
): Promise<Stream> {
  const { signal } = client;
  signal?.throwIfAborted();
  const socket = client.transport.webSocket(at);
  socket.binaryType = "arraybuffer";
  return new Promise((resolve, reject) => {
    const close = (): void => socket.close();
    const stop = (): void => {
      reject(signal?.reason as Error);
      close();
    };
    signal?.addEventListener("abort", stop);
    socket.addEventListener("close", () => signal?.removeEventListener("abort", stop));
    const ended = new Promise<boolean>((end) => {
      socket.addEventListener("message", ({ data }) => {
        // The daemons mark the end of a stream with an empty text; bytes come as such.
        if (data instanceof ArrayBuffer) receive(Buffer.from(data));
        else end(true);
      });
      socket.addEventListener("close", () => end(false));
    });
    socket.addEventListener("error", () => {
      reject(new LxdError({ code: "unavailable", why: "the daemon did not accept the connection to it", request }));
    });
    socket.addEventListener("open", () => resolve({ send: (data) => socket.send(data), ended, close }));
  });
}
