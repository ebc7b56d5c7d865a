// Listens to a daemon's events with nothing but node:http: the handshake, and frames as they come.
import { randomBytes } from "node:crypto";
import { request } from "node:http";
import type { Socket } from "node:net";

export interface ReceivedEvent {
  type: string;
  project: string;
  metadata: Record<string, unknown>;
}

export interface EventStream {
  readonly events: readonly ReceivedEvent[];
  close(): void;
}

/** Takes the text frames out of the buffer; returns what is left of it. */
function takeFrames(buffer: Buffer, receive: (text: string) => void): Buffer {
  let rest = buffer;
  while (rest.length >= 2) {
    const short = rest.readUInt8(1);
    const start = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (rest.length < start) return rest;
    const length = short < 126 ? short : short === 126 ? rest.readUInt16BE(2) : Number(rest.readBigUInt64BE(2));
    if (rest.length < start + length) return rest;
    if ((rest.readUInt8(0) & 0x0f) === 1) receive(rest.toString("utf8", start, start + length));
    rest = rest.subarray(start + length);
  }
  return rest;
}

export function openEvents(socketPath: string, query: string): Promise<EventStream> {
  const headers = {
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": randomBytes(16).toString("base64"),
  };
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path: `/1.0/events?${query}`, headers, agent: false });
    sent.on("error", reject);
    sent.on("response", (response) => {
      response.resume();
      reject(new Error(`no events: ${response.statusCode ?? 0}`));
    });
    sent.on("upgrade", (_response, socket: Socket, head: Buffer) => {
      const events: ReceivedEvent[] = [];
      const receive = (text: string) => events.push(JSON.parse(text) as ReceivedEvent);
      let buffer = takeFrames(head, receive);
      socket.on("data", (chunk: Buffer) => {
        buffer = takeFrames(Buffer.concat([buffer, chunk]), receive);
      });
      socket.on("error", () => socket.destroy());
      resolve({ events, close: () => socket.destroy() });
    });
    sent.end();
  });
}
