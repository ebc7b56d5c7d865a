// Web servers on loopback that behave, or misbehave, as a test wants.
import { createHash, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo } from "node:net";
import { inspect } from "node:util";
import { onTestFinished } from "vitest";
import { type Content, type Digest } from "../../../../provider/content/content";
import { type DownloadSettings } from "../../../../provider/content/url/transport";
import { selfSigned } from "./certificate";
import { bytesOf } from "../bytes-of";

export const certificate = selfSigned();

/** Everything fast enough for tests, and the loopback authority trusted. */
export const settings: DownloadSettings = {
  limits: { idleMs: 5_000, pauseMs: 1, pauseMaxMs: 4, retryAfterMaxMs: 300 },
  ca: certificate.cert,
};

export interface LoopbackServer {
  origin: string;
  port: number;
  /** What was asked, in order. */
  requests: { path: string; headers: IncomingMessage["headers"] }[];
}

type Handler = (request: IncomingMessage, response: ServerResponse, count: number) => void;

/** A server for the time of one test. `handle` is told how many requests there were before. */
export async function serve(handle: Handler, scheme: "http" | "https" = "http"): Promise<LoopbackServer> {
  const requests: LoopbackServer["requests"] = [];
  const listener: RequestListener = (request, response) => {
    requests.push({ path: request.url ?? "", headers: request.headers });
    handle(request, response, requests.length - 1);
  };
  const server = scheme === "http" ? createServer(listener) : createTlsServer(certificate, listener);
  const port = await listen(server);
  return { origin: `${scheme}://127.0.0.1:${port}`, port, requests };
}

/** Listens on a free port until the test has ended. */
export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A port on which nobody listens. */
export async function deadPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export interface Sample {
  bytes: Buffer;
  sha256: Digest;
  sha512: Digest;
}

export function sample(sizeBytes: number): Sample {
  const bytes = randomBytes(sizeBytes);
  const hash = (name: string) => createHash(name).update(bytes).digest("hex");
  return { bytes, sha256: `sha256:${hash("sha256")}`, sha512: `sha512:${hash("sha512")}` };
}

export interface RangeOptions {
  /** Cuts the connection after this many bytes of the body. */
  cutAfter?: number | undefined;
  etag?: string | undefined;
  lastModified?: string | undefined;
}

/** Serves bytes as a good server does: ranges, `If-Range`, Content-Length. */
export function sendFile(from: IncomingMessage, to: ServerResponse, bytes: Buffer, options: RangeOptions = {}): void {
  const { etag, lastModified, cutAfter } = options;
  const start = rangeStart(from, etag ?? lastModified);
  if (etag !== undefined) to.setHeader("etag", etag);
  if (lastModified !== undefined) to.setHeader("last-modified", lastModified);
  if (start !== undefined && start >= bytes.length) {
    to.writeHead(416, { "content-range": `bytes */${bytes.length}` }).end();
    return;
  }
  const body = bytes.subarray(start ?? 0);
  to.setHeader("content-length", body.length);
  if (start !== undefined) to.setHeader("content-range", `bytes ${start}-${bytes.length - 1}/${bytes.length}`);
  to.writeHead(start === undefined ? 200 : 206);
  if (cutAfter === undefined) to.end(body);
  else to.write(body.subarray(0, cutAfter), () => setTimeout(() => to.destroy(), 20));
}

function rangeStart(from: IncomingMessage, validator: string | undefined): number | undefined {
  const start = /^bytes=(\d+)-$/.exec(from.headers.range ?? "")?.[1];
  const condition = from.headers["if-range"];
  if (start === undefined || (condition !== undefined && condition !== validator)) return undefined;
  return Number(start);
}

/** Opens and reads all of a content. */
export async function read(content: Content): Promise<Buffer> {
  const { stream } = await content.open();
  return bytesOf(stream);
}

/** Everything that printing the failure of a promise would show, its causes included. */
export async function shownFailure(failing: Promise<unknown>): Promise<string> {
  const error = await failing.then(
    () => "no failure",
    (reason: unknown) => reason,
  );
  return inspect(error, { depth: 10, showHidden: true });
}
