// Daemons behind a proxy of the environment: reached by a tunnel, whose end is judged as the server itself would be.
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { X509Certificate } from "node:crypto";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { HttpsTransport } from "../../../provider/lxd/client/transport/https-transport";
import { proxyFor } from "../../../provider/base/proxies";
import { selfSigned } from "../content/url/certificate";

const server = selfSigned();
const client = selfSigned();
const fingerprint = new X509Certificate(server.cert).fingerprint256.replaceAll(":", "").toLowerCase();

async function listen(listener: {
  listen: (port: number, host: string, done: () => void) => unknown;
  address: () => unknown;
  close: () => unknown;
}): Promise<number> {
  await new Promise<void>((resolve) => void listener.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void listener.close());
  return (listener.address() as AddressInfo).port;
}

/** A server that says whose certificate it was shown. */
async function startServer(): Promise<number> {
  const options = { ...server, requestCert: true, rejectUnauthorized: false };
  const listener = createServer(options, (request, response) => {
    const shown = (request.socket as unknown as { getPeerCertificate: () => { raw?: Buffer } }).getPeerCertificate();
    response.end(shown.raw?.equals(new X509Certificate(client.cert).raw) === true ? "known" : "unknown");
  });
  return listen(listener);
}

/** A proxy that leads every name to one port, so that nothing else could have reached the server. */
async function startProxy(port: number, credentials?: string): Promise<{ url: string; seen: string[] }> {
  const seen: string[] = [];
  const expected = credentials === undefined ? undefined : `Basic ${Buffer.from(credentials).toString("base64")}`;
  const listener = createHttpServer();
  listener.on("connect", (request, socket) => {
    seen.push(request.url ?? "");
    if (request.headers["proxy-authorization"] !== expected) {
      socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
      return;
    }
    const target = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      target.pipe(socket).pipe(target);
    });
    target.on("error", () => socket.destroy());
    socket.on("error", () => target.destroy());
  });
  return { url: `http://127.0.0.1:${await listen(listener)}`, seen };
}

const address = "https://daemon.test:8443";
const identity = { clientCertificate: client.cert, clientKey: client.key };

async function ask(target: object = {}): Promise<string> {
  const transport = new HttpsTransport({ addresses: [address], fingerprint, ...identity, ...target });
  const reply = await transport.send({ method: "GET", path: "/1.0" });
  const text = await reply.body.text();
  await transport.close();
  return text;
}

beforeEach(() => {
  for (const name of ["http_proxy", "https_proxy", "no_proxy"]) {
    vi.stubEnv(name, undefined);
    vi.stubEnv(name.toUpperCase(), undefined);
  }
  return () => {
    vi.unstubAllEnvs();
  };
});

describe("a proxy named by HTTPS_PROXY", () => {
  it("leads to the server, which is shown the client's certificate", async () => {
    const proxy = await startProxy(await startServer());
    vi.stubEnv("HTTPS_PROXY", proxy.url);
    expect(await ask()).toBe("known");
    expect(proxy.seen).toEqual(["daemon.test:8443"]);
  });

  it("cannot pass off another server as the pinned one", async () => {
    const proxy = await startProxy(await startServer());
    vi.stubEnv("https_proxy", proxy.url);
    const other = "0".repeat(64);
    await expect(ask({ fingerprint: other })).rejects.toThrow(
      `the certificate of ${address} is not trusted (pinned is ${other}); its fingerprint is ${fingerprint} [permission-denied]`,
    );
  });

  it("vouches for nobody: without a pin, an authority must", async () => {
    const proxy = await startProxy(await startServer());
    vi.stubEnv("HTTPS_PROXY", proxy.url);
    await expect(ask({ fingerprint: undefined })).rejects.toThrow(
      `pulumi config set lxd:serverCertificateFingerprint ${fingerprint}`,
    );
  });

  it("is given its credentials, and they are not shown", async () => {
    const port = await startServer();
    const proxy = await startProxy(port, "me:s3 cret");
    vi.stubEnv("HTTPS_PROXY", proxy.url.replace("://", "://me:s3%20cret@"));
    expect(await ask()).toBe("known");
    vi.stubEnv("HTTPS_PROXY", proxy.url.replace("://", "://me:wr0ng@"));
    const failure = await ask().catch(String);
    expect(failure).toContain(
      `the proxy ${proxy.url} does not connect to daemon.test:8443: it answered 407 [permission-denied]`,
    );
    expect(failure).toContain("HTTPS_PROXY");
    expect(failure).not.toContain("wr0ng");
  });

  it("that does not answer is told, and so is one that is no proxy's URL", async () => {
    vi.stubEnv("HTTPS_PROXY", "http://127.0.0.1:1");
    await expect(ask()).rejects.toThrow(/the proxy http:\/\/127\.0\.0\.1:1 cannot be reached: .*\[unavailable\]/);
    vi.stubEnv("HTTPS_PROXY", "socks5://me:s3cret@127.0.0.1:1");
    await expect(ask()).rejects.toThrow("the environment variable HTTPS_PROXY is not the URL of a proxy");
  });
});

describe("NO_PROXY", () => {
  const isDirect = (url: string, exceptions: string): boolean => {
    vi.stubEnv("HTTPS_PROXY", "proxy:3129");
    vi.stubEnv("NO_PROXY", exceptions);
    return proxyFor(new URL(url)) === undefined;
  };

  it.each([
    ["https://build.example.org:8443", "example.org"],
    ["https://build.example.org:8443", "other, .example.org"],
    ["https://build.example.org:8443", "*.example.org"],
    ["https://build.example.org:8443", "build.example.org:8443"],
    ["https://build.example.org:8443", "*"],
    ["https://10.1.2.3:8443", "10.0.0.0/8"],
    ["https://10.1.2.3:8443", "10.1.2.3"],
    ["https://[fd00::1]:8443", "fd00::/8"],
    ["https://[fd00::1]:8443", "[fd00::1]:8443"],
    ["https://[fd00::1]:8443", "fd00::1"],
    ["https://localhost:8443", ""],
    ["https://127.0.0.11:8443", ""],
    ["https://[::1]:8443", ""],
  ])("leads to %s directly with %j", (url, exceptions) => expect(isDirect(url, exceptions)).toBe(true));

  it.each([
    ["http://files.example.org", "files.example.org:80"],
    ["http://10.1.2.3/x.iso", "10.0.0.0/8"],
    ["http://127.0.0.1:8080", ""],
  ])("leads to %s directly with %j, and other addresses of HTTP by HTTP_PROXY", (url, exceptions) => {
    vi.stubEnv("HTTP_PROXY", "proxy:3128");
    expect(isDirect(url, exceptions)).toBe(true);
    expect(proxyFor(new URL("http://elsewhere.example.org"))?.href).toBe("http://proxy:3128/");
  });

  it.each([
    ["https://build.example.org:8443", ""],
    ["https://build.example.org:8443", "ample.org"],
    ["https://build.example.org:8443", "build.example.org:443"],
    ["https://11.1.2.3:8443", "10.0.0.0/8"],
    ["https://11.1.2.3:8443", "10.0.0.0/99 nonsense/8"],
  ])("leads to %s through the proxy with %j", (url, exceptions) => expect(isDirect(url, exceptions)).toBe(false));
});
