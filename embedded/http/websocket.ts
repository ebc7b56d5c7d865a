// A subset of RFC 6455 for events, commands and consoles: handshake, messages and pings both ways, clean close.
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const OPCODE = { text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa } as const;
type Opcode = (typeof OPCODE)[keyof typeof OPCODE];

/** A frame from the server is never masked and, here, never fragmented. */
function encode(opcode: Opcode, payload: Buffer): Buffer {
  const { length } = payload;
  if (length < 126) return Buffer.concat([Buffer.from([0x80 | opcode, length]), payload]);
  const header = Buffer.alloc(length < 65536 ? 4 : 10);
  header.writeUInt8(0x80 | opcode, 0);
  header.writeUInt8(length < 65536 ? 126 : 127, 1);
  if (length < 65536) header.writeUInt16BE(length, 2);
  else header.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([header, payload]);
}

interface Frame {
  opcode: number;
  payload: Buffer;
  rest: Buffer;
}

/** The first complete frame in the buffer. Clients always mask. */
function decode(buffer: Buffer): Frame | undefined {
  if (buffer.length < 2) return undefined;
  const short = buffer.readUInt8(1) & 0x7f;
  const start = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (buffer.length < start + 4) return undefined;
  const length = short < 126 ? short : short === 126 ? buffer.readUInt16BE(2) : Number(buffer.readBigUInt64BE(2));
  const end = start + 4 + length;
  if (buffer.length < end) return undefined;
  const mask = buffer.subarray(start, start + 4);
  const payload = Buffer.from(buffer.subarray(start + 4, end));
  for (const [index, byte] of payload.entries()) payload[index] = byte ^ (mask[index % 4] ?? 0);
  return { opcode: buffer.readUInt8(0) & 0x0f, payload, rest: buffer.subarray(end) };
}

/** A WebSocket upgrade request. */
export interface Upgrade {
  request: IncomingMessage;
  socket: Duplex;
}

export interface WebSocket {
  /** Sends a string as text and a buffer as binary data. */
  send(data: string | Buffer): void;
  ping(text: string): void;
  /** Sends a close frame and ends the connection. */
  close(): void;
  onClose(action: () => void): void;
  /** Messages that arrived before the listener was added are delivered. */
  onMessage(action: (data: string | Buffer) => void): void;
}

/** Buffers messages until there is a listener. */
class Messages {
  #early: (string | Buffer)[] = [];
  #listener: ((data: string | Buffer) => void) | undefined;

  take(data: string | Buffer): void {
    if (this.#listener === undefined) this.#early.push(data);
    else this.#listener(data);
  }

  listen(action: (data: string | Buffer) => void): void {
    this.#listener = action;
    for (const data of this.#early.splice(0)) action(data);
  }
}

/** Completes the handshake; undefined if the request is not a WebSocket handshake. */
export function acceptWebSocket({ request, socket }: Upgrade): WebSocket | undefined {
  const key = request.headers["sec-websocket-key"];
  if (key === undefined || request.headers.upgrade?.toLowerCase() !== "websocket") return undefined;
  const accept = createHash("sha1")
    .update(key + GUID)
    .digest("base64");
  const lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"];
  socket.write([...lines, `Sec-WebSocket-Accept: ${accept}`, "", ""].join("\r\n"));
  const write = (opcode: Opcode, payload: Buffer) => {
    if (socket.writable) socket.write(encode(opcode, payload));
  };
  const close = () => {
    write(OPCODE.close, Buffer.alloc(0));
    socket.end();
  };
  const messages = new Messages();
  let buffer = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    buffer = Buffer.concat([buffer, chunk]);
    for (let frame = decode(buffer); frame !== undefined; frame = decode(buffer)) {
      buffer = Buffer.from(frame.rest);
      if (frame.opcode === OPCODE.text) messages.take(frame.payload.toString());
      if (frame.opcode === OPCODE.binary) messages.take(frame.payload);
      if (frame.opcode === OPCODE.ping) write(OPCODE.pong, frame.payload);
      if (frame.opcode === OPCODE.close) close();
    }
  });
  // A disconnected client is not an error of the daemon.
  socket.on("error", () => socket.destroy());
  return {
    send: (data) => {
      if (typeof data === "string") write(OPCODE.text, Buffer.from(data));
      else write(OPCODE.binary, data);
    },
    ping: (text) => write(OPCODE.ping, Buffer.from(text)),
    close,
    onClose: (action) => void socket.once("close", action),
    onMessage: (action) => messages.listen(action),
  };
}
