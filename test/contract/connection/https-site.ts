// A real daemon that listens for HTTPS, and a client that it may trust.
import { createHash, X509Certificate } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import { type Client } from "../../../provider/lxd/client/core/client";
import { clientFor } from "../../../provider/lxd/client/core/connections";
import { resolveCredentials } from "../../../provider/lxd/client/auth/credentials";
import { discover } from "../../../provider/lxd/client/discovery/discovery";
import { type ConnectionConfig, type RemoteInputs } from "../../../provider/lxd/client/discovery/location";
import { LxdError } from "../../../provider/base/errors";
import { type Certificate, selfSigned } from "../../unit/content/url/certificate";
import { type TestDaemon, textAt } from "../harness";
import { httpsAddress } from "../harness/https";

export class HttpsSite {
  readonly client: Certificate = selfSigned();
  readonly #certificate = new X509Certificate(this.client.cert);
  readonly clientFingerprint = createHash("sha256").update(this.#certificate.raw).digest("hex");
  /** `host:port` */
  address = "";
  fingerprint = "";
  /** A folder of the tests' own, which is the client's home too. */
  dir = "";
  #tokens = 0;

  constructor(private readonly daemon: TestDaemon) {}

  /** Why a daemon cannot be reached by HTTPS. */
  readonly missing = (): string | undefined =>
    this.daemon.kind.startsWith("embedded") ? "the embedded daemon listens on a unix socket only" : undefined;

  async start(): Promise<void> {
    this.dir = await mkdtemp(join(tmpdir(), "pulumi-lxd-https-"));
    const { raw } = this.daemon;
    this.address = await httpsAddress(raw);
    this.fingerprint = textAt((await raw.get("/1.0")).body.metadata, "environment", "certificate_fingerprint");
  }

  async stop(): Promise<void> {
    await this.forget();
    await this.#forgetOthers();
    await rm(this.dir, { recursive: true, force: true });
  }

  /** The daemon does not trust the client any more. */
  async forget(): Promise<void> {
    await this.daemon.raw.delete(`/1.0/certificates/${this.clientFingerprint}`);
  }

  /** What the daemons' own clients have enrolled with tokens of these tests. */
  async #forgetOthers(): Promise<void> {
    const { body } = await this.daemon.raw.get("/1.0/certificates?recursion=1");
    for (const certificate of body.metadata as { name: string; fingerprint: string }[]) {
      if (!certificate.name.startsWith(this.daemon.prefix)) continue;
      await this.daemon.raw.delete(`/1.0/certificates/${certificate.fingerprint}`);
    }
  }

  async trust(): Promise<void> {
    const reply = await this.daemon.raw.post("/1.0/certificates", {
      name: this.daemon.name("client"),
      type: "client",
      certificate: this.#certificate.raw.toString("base64"),
    });
    expect(reply.status).toBe(201);
  }

  async isTrusted(): Promise<boolean> {
    return (await this.daemon.raw.get(`/1.0/certificates/${this.clientFingerprint}`)).status === 200;
  }

  /** A join token, as the daemons' own clients put it together. */
  async token(changes: Record<string, unknown> = {}): Promise<string> {
    // LXD 6 takes a name once.
    const name = this.daemon.name(`t${++this.#tokens}`);
    const { body } = await this.daemon.raw.post("/1.0/certificates", { name, type: "client", token: true });
    const secret = textAt(body.metadata, "metadata", "secret");
    const fields = { client_name: name, fingerprint: this.fingerprint, addresses: [this.address], secret, ...changes };
    return Buffer.from(JSON.stringify(fields)).toString("base64");
  }

  /** The daemon, as a stack with this config finds it; with `explicit`, as a resource with that `remote` does. */
  connect(config: ConnectionConfig, explicit?: RemoteInputs): Client {
    const env = { HOME: this.dir, INCUS_GLOBAL_CONF: this.dir, LXD_GLOBAL_CONF: this.dir };
    const identity = { clientCertificate: this.client.cert, clientKey: this.client.key };
    const location = discover({ config: { address: this.address, ...identity, ...config }, explicit, env });
    return clientFor(resolveCredentials(location, env));
  }

  /** What is said of a connection that cannot be used; nothing if it can. */
  async told(config: ConnectionConfig, explicit?: RemoteInputs): Promise<string> {
    try {
      await this.connect(config, explicit).info();
      return "";
    } catch (error) {
      return LxdError.from(error).message;
    }
  }
}

/** Registers what comes before and after the tests of a suite. */
export function useHttps(daemon: TestDaemon): HttpsSite {
  const site = new HttpsSite(daemon);
  const isThere = site.missing() === undefined;
  beforeAll(() => (isThere ? site.start() : undefined));
  afterAll(() => (isThere ? site.stop() : undefined));
  beforeEach(() => (isThere ? site.forget() : undefined));
  return site;
}
