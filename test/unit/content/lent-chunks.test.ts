// Chunks of a file are lent: a slow receiver must get every byte all the same, over both transports.
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { X509Certificate } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { HttpsTransport } from "../../../provider/lxd/client/transport/https-transport";
import { type Transport } from "../../../provider/lxd/client/transport/transport";
import { UnixTransport } from "../../../provider/lxd/client/transport/unix-transport";
import { fileContent } from "../../../provider/content/local-file/file";
import { partOf } from "./parts";
import { splitContent } from "../../../provider/content/disk-image/split-image";
import { certificate, listen } from "./url/loopback";

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "lxd-lent-"));
});
afterAll(() => rmSync(dir, { recursive: true }));

/** Takes what comes in gulps, and leaves it in the sockets' buffers in between; answers with the hash of all. */
async function hashSlowly(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const hash = createHash("sha256");
  let count = 0;
  for await (const chunk of request) {
    hash.update(chunk as Buffer);
    if (count++ % 16 === 0) await sleep(2);
  }
  response.end(hash.digest("hex"));
}

const receive = (request: IncomingMessage, response: ServerResponse): void => void hashSlowly(request, response);

async function onSocket(): Promise<Transport> {
  const server: Server = createServer(receive);
  const socket = join(dir, "socket");
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return new UnixTransport(socket);
}

async function overTls(): Promise<Transport> {
  const port = await listen(createTlsServer(certificate, receive));
  const fingerprint = new X509Certificate(certificate.cert).fingerprint256.replaceAll(":", "").toLowerCase();
  return new HttpsTransport({ addresses: [`https://127.0.0.1:${port}`], fingerprint });
}

function file(name: string, sizeBytes: number): { path: string; bytes: Buffer } {
  const path = join(dir, name);
  const bytes = randomBytes(sizeBytes);
  writeFileSync(path, bytes);
  return { path, bytes };
}

const sha256 = (...parts: Buffer[]): string =>
  parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest("hex");

describe.each([
  ["a unix socket", onSocket],
  ["TLS", overTls],
])("over %s", (_name, connect) => {
  it("a file arrives as it is", async () => {
    const { path, bytes } = file("large", 24 * 2 ** 20 + 4321);
    const { stream, sizeBytes } = await (await fileContent(path)).open();
    const transport = await connect();
    const headers = { "Content-Length": String(sizeBytes) };
    const reply = await transport.send({ method: "POST", path: "/", headers, body: stream });
    expect(await reply.body.text()).toBe(sha256(bytes));
  });

  it("a form of a small and a large file arrives as it is", async () => {
    const metadata = file("metadata.tar", 700);
    const rootfs = file("rootfs.squashfs", 5 * 2 ** 20 + 1);
    const parts = [await partOf(metadata.path), await partOf(rootfs.path)] as const;
    const files = { metadata: parts[0], rootfs: parts[1], isVirtualMachine: false };
    const content = await splitContent(files, {});
    expect(content.fingerprint).toBe(sha256(metadata.bytes, rootfs.bytes));
    const { stream } = await content.open("rootfs.squashfs");
    const kept = await content.open("rootfs.squashfs");
    const expected = createHash("sha256");
    for await (const chunk of kept.stream) expected.update(chunk);
    const transport = await connect();
    const reply = await transport.send({ method: "POST", path: "/", headers: {}, body: stream });
    expect(await reply.body.text()).toBe(expected.digest("hex"));
  });
});
