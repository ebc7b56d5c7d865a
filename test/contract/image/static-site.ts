// A folder served over HTTPS as any web server does, which knows nothing of images.
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import { type AddressInfo } from "node:net";
import { join, normalize } from "node:path";

import { selfSigned } from "../../unit/content/url/certificate";

export class StaticSite {
  readonly #identity = selfSigned();
  #server: Server | undefined;
  /** The paths that were asked for. */
  readonly requests: string[] = [];

  constructor(private readonly folder: string) {}

  get certificate(): string {
    return this.#identity.cert;
  }

  get url(): string {
    return `https://127.0.0.1:${(this.#server?.address() as AddressInfo).port}`;
  }

  async start(): Promise<this> {
    const server = createServer(this.#identity, (request, response) => {
      const path = decodeURIComponent(request.url ?? "/");
      this.requests.push(path);
      const file = join(this.folder, normalize(path));
      stat(file).then(
        ({ size }) => {
          response.writeHead(200, { "Content-Length": size });
          createReadStream(file).pipe(response);
        },
        () => response.writeHead(404).end("not found"),
      );
    });
    // The daemons try plain HTTP on the same port first.
    server.on("tlsClientError", (_error, socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    this.#server = server;
    return this;
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
  }
}
