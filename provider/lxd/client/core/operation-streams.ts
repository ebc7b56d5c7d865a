// The websockets of an interactive operation: the streams of a command, or a console.
import * as z from "zod";
import { type FailedRequest, LxdError } from "../../../base/errors";
import { type Client } from "./client";
import { path, withQuery } from "../transport/paths";
import { type WireOperation } from "./envelope";

/** An open websocket of an operation. */
export interface Stream {
  send: (data: Uint8Array | string) => void;
  /** Resolves when the stream ends: true if the server ended it, false if the connection broke. */
  ended: Promise<boolean>;
  close: () => void;
}

/** Processes the bytes of a stream as they arrive. */
export type Receive = (bytes: Buffer) => void;

const secretsSchema = z.object({ fds: z.record(z.string(), z.string()) });

/**
 * Connects to the streams of an operation one after the other, by the names that the server gives them (`0`, `1`, `2`,
 * `control`). The operation starts when the last of the numbered streams is connected; the server gives up after some
 * seconds.
 *
 * The order matters. A short command may end at once, and then the server closes the outputs without waiting for
 * `control`, which it rejects from then on. Each stream also begins with a ping: if an output is closed before the
 * response to it is written, Node drops the connection together with all data that was received but not read. So `0`,
 * on which nothing arrives, is last.
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

async function open(
  client: Client,
  at: string,
  { request, receive }: { request: FailedRequest; receive: Receive },
): Promise<Stream> {
  const { signal } = client;
  signal?.throwIfAborted();
  const socket = await client.transport.webSocket(at);
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
        // Servers mark the end of a stream with an empty text message; data arrives in binary messages.
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
