// Whom an image server of the daemons' protocol is believed to be: its own certificate, or one that an authority has signed.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lookupImages } from "../../provider/functions";
import { selfSigned } from "./content/url/certificate";

const image = {
  ...{ fingerprint: "a".repeat(64), type: "container", architecture: "x86_64", size: 1, public: true },
  ...{ created_at: "2026-01-02T03:04:05Z", uploaded_at: "0001-01-01T00:00:00Z", properties: null, aliases: null },
};

function serve(cert: string, key: string): Promise<Server> {
  const body = { type: "sync", status: "Success", status_code: 200, metadata: [image] };
  const server = createServer({ cert, key }, (_request, response) => response.end(JSON.stringify(body)));
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

const list = (server: Server, certificate: string | undefined): Promise<object[]> => {
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return lookupImages({ server: url, protocol: "lxd", certificate }, () => undefined);
};

describe.skipIf(spawnSync("openssl", ["version"]).status !== 0)("an authority's server (needs openssl)", () => {
  const dir = mkdtempSync(join(tmpdir(), "pulumi-lxd-ca-"));
  const openssl = (...args: string[]): unknown => execFileSync("openssl", args, { cwd: dir, stdio: "pipe" });
  const read = (name: string): string => readFileSync(join(dir, name), "utf8");
  let server: Server;
  beforeAll(async () => {
    const fresh = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    openssl("req", "-x509", ...fresh, "-subj", "/CN=ca", "-keyout", "ca.key", "-out", "ca.crt", "-days", "2");
    openssl("req", ...fresh, "-subj", "/CN=server", "-keyout", "server.key", "-out", "server.csr");
    writeFileSync(join(dir, "san"), "subjectAltName=IP:127.0.0.1");
    const signer = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "san"];
    openssl("x509", "-req", "-in", "server.csr", ...signer, "-out", "server.crt");
    server = await serve(read("server.crt"), read("server.key"));
  });
  afterAll(() => {
    server.close();
    rmSync(dir, { recursive: true });
  });

  it("is believed by the authority's certificate, and by its own", async () => {
    const expected = [{ fingerprint: image.fingerprint, uploadedAt: "", properties: {}, aliases: [] }];
    expect(await list(server, read("ca.crt"))).toMatchObject(expected);
    expect(await list(server, read("server.crt"))).toMatchObject(expected);
  });

  it("is not believed by another certificate, or without any", async () => {
    await expect(list(server, selfSigned().cert)).rejects.toThrow(/look for images on https[^]*is not trusted/);
    await expect(list(server, undefined)).rejects.toThrow(/is not trusted/);
  });
});
