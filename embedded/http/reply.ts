// Replies of handlers: the envelopes of the API, and the few bodies without one.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import type { DaemonError } from "../errors";
import { etagOf } from "./etag";

export type Reply =
  | { kind: "sync"; metadata: unknown; etag?: string; headers?: Record<string, string> }
  | { kind: "created"; location: string }
  | { kind: "async"; operation: { id: string } }
  | { kind: "body"; headers: Record<string, string>; body: Readable | Buffer }
  /** Status and headers are sent immediately, the envelope once it is known: the wait endpoint. */
  | { kind: "later"; envelope: Promise<Envelope> };

export type Envelope = Record<string, unknown>;

/** An object; `covered` are the fields covered by its ETag. */
export const sync = (metadata: unknown, covered?: unknown): Reply =>
  covered === undefined ? { kind: "sync", metadata } : { kind: "sync", metadata, etag: etagOf(covered) };

/** A completed write: 200 with empty metadata. */
export const done = (): Reply => sync({});

/** A completed create or rename: 201. */
export const created = (location: string): Reply => ({ kind: "created", location });

/** A write that continues in the background: 202. */
export const running = (operation: { id: string }): Reply => ({ kind: "async", operation });

export const syncEnvelope = (metadata: unknown): Envelope => ({
  type: "sync",
  status: "Success",
  status_code: 200,
  operation: "",
  error_code: 0,
  error: "",
  metadata,
});

export const errorEnvelope = (error: DaemonError): Envelope => ({
  type: "error",
  status: "",
  status_code: 0,
  operation: "",
  error_code: error.status,
  error: error.message,
  metadata: null,
});

const asyncEnvelope = (url: string, operation: unknown): Envelope => ({
  type: "async",
  status: "Operation created",
  status_code: 100,
  operation: url,
  error_code: 0,
  error: "",
  metadata: operation,
});

const JSON_TYPE = { "Content-Type": "application/json" };
/** Go's server reads this much of an unread body before it closes the connection. */
const DRAIN_LIMIT = 256 * 1024;

/** Whether the client is still sending a body that nothing will read. */
function isSenderStuck(request: IncomingMessage): boolean {
  if (request.complete) return false;
  const length = request.headers["content-length"];
  const unread = length === undefined ? Infinity : Number(length);
  const hasBody = length !== undefined || request.headers["transfer-encoding"] !== undefined;
  return hasBody && unread > DRAIN_LIMIT;
}

interface JsonAnswer {
  status: number;
  headers?: Record<string, string>;
  envelope: Envelope;
}

function sendJson(response: ServerResponse, { status, headers, envelope }: JsonAnswer): void {
  const text = `${JSON.stringify(envelope)}\n`;
  const stuck = isSenderStuck(response.req);
  const close = stuck ? { Connection: "close" } : {};
  if (stuck) response.once("finish", () => response.req.socket.destroySoon());
  response.writeHead(status, { ...JSON_TYPE, "Content-Length": Buffer.byteLength(text), ...headers, ...close });
  response.end(text);
}

export function sendError(response: ServerResponse, error: DaemonError): void {
  sendJson(response, { status: error.status, envelope: errorEnvelope(error) });
}

async function sendLater(response: ServerResponse, envelope: Promise<Envelope>): Promise<void> {
  response.writeHead(200, JSON_TYPE);
  response.flushHeaders();
  response.end(`${JSON.stringify(await envelope)}\n`);
}

async function sendBody(response: ServerResponse, reply: Reply & { kind: "body" }): Promise<void> {
  response.writeHead(200, reply.headers);
  if (Buffer.isBuffer(reply.body)) response.end(reply.body);
  else await pipeline(reply.body, response);
}

export async function sendReply(response: ServerResponse, reply: Reply): Promise<void> {
  switch (reply.kind) {
    case "sync": {
      const headers = { ...reply.headers, ...(reply.etag === undefined ? {} : { ETag: `"${reply.etag}"` }) };
      sendJson(response, { status: 200, headers, envelope: syncEnvelope(reply.metadata) });
      return;
    }
    case "created": {
      const headers = { Location: reply.location };
      sendJson(response, { status: 201, headers, envelope: syncEnvelope(null) });
      return;
    }
    case "async": {
      const url = `/1.0/operations/${reply.operation.id}`;
      const envelope = asyncEnvelope(url, reply.operation);
      sendJson(response, { status: 202, headers: { Location: url }, envelope });
      return;
    }
    case "later":
      return sendLater(response, reply.envelope);
    case "body":
      return sendBody(response, reply);
  }
}
