// Daemons over HTTPS: who the server is, whether it trusts the client, and that keys and tokens stay secret.
import { createHash, X509Certificate } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import { IsoVolume } from "../../provider";
import { type DynamicProvider } from "../../provider/dispatch";
import { selfSigned } from "../unit/content/url/certificate";
import { at, describeEachDaemon, textAt, writeTinyIso } from "./harness";

describeEachDaemon("HTTPS", (daemon) => {
  const noHttps = (): string | undefined =>
    daemon.kind.startsWith("embedded") ? "the embedded daemon listens on a unix socket only" : undefined;
  const needs = { missing: noHttps, needs: ["custom_volume_iso"] };
  const client = selfSigned();
  const certificate = new X509Certificate(client.cert);
  const clientFingerprint = createHash("sha256").update(certificate.raw).digest("hex");
  let address = "";
  let before: unknown;
  let fingerprint = "";
  let dir = "";

  beforeAll(async () => {
    if (noHttps() !== undefined) return;
    dir = await mkdtemp(join(tmpdir(), "pulumi-lxd-https-"));
    await writeTinyIso(join(dir, "x.iso"), { marker: daemon.prefix });
    address = `127.0.0.1:${await freePort()}`;
    before = at((await daemon.raw.get("/1.0")).body.metadata, "config", "core.https_address") ?? "";
    await daemon.raw.patch("/1.0", { config: { "core.https_address": address } });
    const { body } = await daemon.raw.get("/1.0");
    fingerprint = textAt(body.metadata, "environment", "certificate_fingerprint");
  });
  afterAll(async () => {
    if (noHttps() !== undefined) return;
    await daemon.raw.delete(`/1.0/certificates/${clientFingerprint}`);
    await daemon.raw.patch("/1.0", { config: { "core.https_address": before } });
    await rm(dir, { recursive: true, force: true });
  });
  beforeEach(async () => {
    if (noHttps() === undefined) await daemon.raw.delete(`/1.0/certificates/${clientFingerprint}`);
  });

  const trust = async (): Promise<void> => {
    const reply = await daemon.raw.post("/1.0/certificates", {
      name: daemon.name("client"),
      type: "client",
      certificate: certificate.raw.toString("base64"),
    });
    expect(reply.status).toBe(201);
  };
  const token = async (): Promise<string> => {
    const { body } = await daemon.raw.post("/1.0/certificates", {
      name: daemon.name("t"),
      type: "client",
      token: true,
    });
    const operation = at(body.metadata, "metadata");
    const fields = {
      client_name: daemon.name("t"),
      fingerprint,
      addresses: [address],
      secret: textAt(operation, "secret"),
    };
    return Buffer.from(JSON.stringify(fields)).toString("base64");
  };
  const connect = async (config: Record<string, string>): Promise<DynamicProvider> => {
    const provider = IsoVolume();
    const all: Record<string, string> = {
      "lxd:address": address,
      "lxd:clientCertificate": client.cert,
      "lxd:clientKey": client.key,
      ...config,
    };
    await provider.configure({ config: { get: (key) => all[key] } });
    return provider;
  };
  const bag = (name: string): Record<string, unknown> => ({
    pool: "default",
    name,
    source: { file: join(dir, "x.iso") },
    __urn: `urn:pulumi:test::https::x::${name}`,
    __provider: "p",
  });
  const told = async (config: Record<string, string>): Promise<string> => {
    const provider = await connect(config);
    const { failures } = await provider.check({}, bag(daemon.name("told")));
    return failures.map((failure) => failure.reason).join("\n");
  };

  daemon.test("an unknown server is refused with its fingerprint and the setting that accepts it", needs, async () => {
    await trust();
    expect(await told({})).toContain(`pulumi config set lxd:serverCertificateFingerprint ${fingerprint}`);
  });

  daemon.test("another server than the pinned one is refused", needs, async () => {
    await trust();
    const other = "0".repeat(64);
    expect(await told({ "lxd:serverCertificateFingerprint": other })).toContain(`pinned is ${other}`);
  });

  daemon.test("a server that does not trust the client is told, and the key is not shown", needs, async () => {
    const text = await told({ "lxd:serverCertificateFingerprint": fingerprint });
    expect(text).toContain("does not trust this client's certificate");
    expect(text).not.toContain("PRIVATE KEY");
  });

  daemon.test("a volume is made, read and deleted through it", needs, async () => {
    await trust();
    const provider = await connect({ "lxd:serverCertificateFingerprint": fingerprint });
    const name = daemon.name("far");
    const { inputs, failures } = await provider.check({}, bag(name));
    expect(failures).toEqual([]);
    const { id, outs } = await provider.create({ ...inputs, __provider: "p" });
    const volume = `/1.0/storage-pools/default/volumes/custom/${name}`;
    expect((await daemon.raw.get(volume)).body.metadata).toMatchObject({ content_type: "iso" });
    expect((await provider.read(id, outs)).id).toBe(id);
    await provider.delete(id, outs);
    expect((await daemon.raw.get(volume)).status).toBe(404);
    expect(JSON.stringify(outs)).not.toContain("PRIVATE KEY");
  });

  daemon.test("a trust token enrols the client once, and pins the server", needs, async () => {
    const once = await token();
    expect(await told({ "lxd:trustToken": once })).toBe("");
    const { status } = await daemon.raw.get(`/1.0/certificates/${clientFingerprint}`);
    expect(status).toBe(200);
    expect(await told({ "lxd:trustToken": once })).toBe("");
  });

  daemon.test("a token that is spent, wrong or of another server is told without showing it", needs, async () => {
    const spent = await token();
    await told({ "lxd:trustToken": spent });
    await daemon.raw.delete(`/1.0/certificates/${clientFingerprint}`);
    // Another address of the same server, so that nothing remembers that it was trusted.
    const config = { "lxd:trustToken": spent, "lxd:clientKey": `${client.key}\n` };
    const text = await told(config);
    expect(text).toMatch(/enrol at https:.*\n.*each works once/);
    expect(text).not.toContain(spent);
    expect(await told({ "lxd:trustToken": "nonsense" })).toContain("is no trust token");
    expect(await told({ "lxd:trustToken": spent, "lxd:address": "127.0.0.1:1" })).toContain("is for a server at");
  });

  daemon.test("what is wrong with the settings is told", needs, async () => {
    expect(await told({ "lxd:address": "ftp://x" })).toContain("is no address of a server");
    expect(await told({ "lxd:clientKey": "/nowhere" })).toContain("lxd:clientKey is neither PEM nor the path");
    expect(await told({ "lxd:serverCertificateFingerprint": "xyz" })).toContain("64 hexadecimal digits");
    expect(await told({ "lxd:address": "127.0.0.1:1", "lxd:serverCertificateFingerprint": fingerprint })).toContain(
      "no daemon answers at https://127.0.0.1:1",
    );
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
