// A web server of files that a test sets, some of which break off.
import { createServer, type Server } from "node:http";
import { type AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach } from "vitest";

export class FileSite {
  /** By path. */
  readonly files = new Map<string, Buffer>();
  /** Paths whose every answer ends in the middle. */
  readonly broken = new Set<string>();
  /** Paths of which more than a start was requested. */
  requests: string[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const path = request.url ?? "";
      const bytes = this.files.get(path);
      const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
      if (bytes === undefined) return void response.writeHead(404).end();
      if (range?.[2] !== undefined && range[2] !== "") {
        const part = bytes.subarray(0, Number(range[2]) + 1);
        const headers = { "Content-Range": `bytes 0-${part.length - 1}/${bytes.length}` };
        return void response.writeHead(206, { ...headers, "Content-Length": part.length }).end(part);
      }
      this.requests.push(path);
      response.writeHead(200, { "Content-Length": bytes.length });
      if (!this.broken.has(path)) return void response.end(bytes);
      response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
    });
    beforeAll(() => new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve)));
    beforeEach(() => {
      this.requests = [];
      this.broken.clear();
    });
    afterAll(() => {
      this.#server.closeAllConnections();
      this.#server.close();
    });
  }

  /** Puts a file there; returns its URL. */
  put(path: string, bytes: Buffer): string {
    this.files.set(path, bytes);
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${path}`;
  }
}
