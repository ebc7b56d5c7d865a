// A web server of files and of a checksum list, over HTTPS with a certificate that this process trusts, and a list on disk.
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import tls from "node:tls";
import { afterAll, afterEach, beforeAll, beforeEach, vi } from "vitest";
import { selfSigned } from "../../unit/content/url/certificate";

/** Serves `/file` and `/LIST`; both are what a test sets. */
export class DownloadSite {
  /** What is at `url`. */
  bytes: Buffer = Buffer.alloc(0);
  /** What is in the list, on the web server as on disk; undefined: the server answers 404. */
  sums: string | undefined;
  requests: string[] = [];
  #dir = "";
  readonly #certificate = selfSigned();
  readonly #server: Server;

  constructor() {
    this.#server = createServer(this.#certificate, (request, response) => {
      this.requests.push(request.url ?? "");
      if (request.url === "/file") response.end(this.bytes);
      else if (this.sums === undefined) response.writeHead(404).end();
      else response.end(this.sums);
    });
    beforeAll(async () => {
      this.#dir = await mkdtemp(join(tmpdir(), "pulumi-lxd-lists-"));
      await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    });
    beforeEach(() => {
      this.requests = [];
      this.#trust();
    });
    afterEach(() => vi.restoreAllMocks());
    afterAll(async () => {
      this.#server.closeAllConnections();
      this.#server.close();
      await rm(this.#dir, { recursive: true, force: true });
    });
  }

  get url(): string {
    return `${this.#origin}/file`;
  }

  get listUrl(): string {
    return `${this.#origin}/LIST`;
  }

  get listPath(): string {
    return join(this.#dir, "LIST");
  }

  get #origin(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Puts other bytes there, and their checksum into both lists. */
  async publish(bytes: Buffer, algorithm = "sha256"): Promise<void> {
    this.bytes = bytes;
    this.sums = `${createHash(algorithm).update(bytes).digest("hex")}  file\n`;
    await writeFile(this.listPath, this.sums);
  }

  /** What NODE_EXTRA_CA_CERTS does for a process that starts with it. */
  #trust(): void {
    const { createSecureContext } = tls;
    vi.spyOn(tls, "createSecureContext").mockImplementation((options) =>
      createSecureContext({ ca: [...tls.rootCertificates, this.#certificate.cert], ...options }),
    );
  }
}
