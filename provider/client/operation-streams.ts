// The websockets of an operation that talks with its client while it runs: a command's streams, a console.
import { z } from "zod";
import { type FailedRequest, LxdError } from "../errors";
import { type Client } from "./client";
import { path, withQuery } from "./paths";
import { type WireOperation } from "./envelope";

/** One of them. It is open when it is handed out. */
export interface Stream {
  send: (data: Uint8Array | string) => void;
  /** Resolves when nothing more comes: the daemon has said so, or the connection is gone. */
  ended: Promise<void>;
  close: () => void;
}

/** What is to be done with the bytes of a stream as they come. */
export type Receive = (bytes: Buffer) => void;

const secretsSchema = z.object({ fds: z.record(z.string(), z.string()) });

/**
 * Connects to all streams of an operation, by the names that the daemon gives them (`0`, `1`, `2`, `control`). The
 * operation begins when the last one is there; the daemon gives up on it after some seconds.
 */
export async function openStreams<Name extends string>(
  client: Client,
  operation: WireOperation,
  { request, receive }: { request: FailedRequest; receive: Record<Name, Receive> },
): Promise<Record<Name, Stream>> {
  const { fds } = secretsSchema.parse(operation.metadata);
  const names = Object.keys(receive) as Name[];
  const opened = names.map((name) => {
    const at = withQuery(path("operations", operation.id, "websocket"), { secret: fds[name] ?? "" });
    return open(client, at, { request, receive: receive[name] });
  });
  const results = await Promise.allSettled(opened);
  const failure = results.find((result) => result.status === "rejected");
  const streams = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  if (failure === undefined)
    return Object.fromEntries(names.map((name, i) => [name, streams[i]])) as Record<Name, Stream>;
  for (const stream of streams) stream.close();
  throw failure.reason;
}

function open(
  client: Client,
  at: string,
  { request, receive }: { request: FailedRequest; receive: Receive },
): Promise<Stream> {
  const socket = client.transport.webSocket(at);
  socket.binaryType = "arraybuffer";
  return new Promise((resolve, reject) => {
    const ended = new Promise<void>((end) => {
      socket.addEventListener("message", ({ data }) => {
        // The daemons mark the end of a stream with an empty text; bytes come as such.
        if (data instanceof ArrayBuffer) receive(Buffer.from(data));
        else end();
      });
      socket.addEventListener("close", () => end());
    });
    socket.addEventListener("error", () => {
      reject(new LxdError({ code: "unavailable", why: "the daemon did not take the connection to it", request }));
    });
    const close = (): void => socket.close();
    socket.addEventListener("open", () => resolve({ send: (data) => socket.send(data), ended, close }));
  });
}
