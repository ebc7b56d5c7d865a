// A second real Incus as an image server over HTTPS: images are put on it by its socket, and pulled from its port.
import { createServer } from "node:http";
import { type AddressInfo } from "node:net";

import { RawClient, textAt } from "../harness";
import { settle } from "../harness/operation";

export class ImageServer {
  readonly raw: RawClient;
  url = "";
  certificate = "";

  constructor(socket: string) {
    this.raw = new RawClient(() => socket);
  }

  /** What to do to have one; undefined when it is there. */
  static missing(): string | undefined {
    const isThere = (process.env["IMAGE_SERVER_SOCKET"] ?? "") !== "";
    return isThere ? undefined : "set IMAGE_SERVER_SOCKET to the socket of a second Incus";
  }

  static async start(): Promise<ImageServer> {
    const server = new ImageServer(process.env["IMAGE_SERVER_SOCKET"] ?? "");
    const { body } = await server.raw.get("/1.0");
    server.certificate = textAt(body, "metadata", "environment", "certificate");
    const config = (body.metadata as { config: Record<string, string> }).config;
    // It may serve another run at the same time, so an address that it has is left alone.
    const address = config["core.https_address"] ?? `127.0.0.1:${await freePort()}`;
    await server.raw.patch("/1.0", { config: { "core.https_address": address } });
    server.url = `https://${address}`;
    return server;
  }

  async put(bytes: Buffer, alias: string, { isPublic = true } = {}): Promise<void> {
    const headers = { "Content-Type": "application/octet-stream", "X-Incus-public": String(isPublic) };
    const outcome = await settle(this.raw, await this.raw.post("/1.0/images", bytes, headers));
    if (!outcome.ok) throw new Error(outcome.error);
    await this.raw.post("/1.0/images/aliases", { name: alias, target: textAt(outcome.metadata, "fingerprint") });
  }

  /** Points an alias at a new image. */
  async move(alias: string, bytes: Buffer): Promise<void> {
    await this.put(bytes, `${alias}-new`);
    const { body } = await this.raw.get(`/1.0/images/aliases/${alias}-new`);
    await this.raw.put(`/1.0/images/aliases/${alias}`, { target: textAt(body, "metadata", "target"), description: "" });
  }

  async remove(fingerprint: string): Promise<void> {
    await settle(this.raw, await this.raw.delete(`/1.0/images/${fingerprint}`));
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
