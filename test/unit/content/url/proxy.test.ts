// Proxies named by the environment: asked directly for http://, by a tunnel for https://, and not at all for NO_PROXY and
// for this machine. Servers are asked for as 0.0.0.0, which leads here as well, and is no loopback address.
import { createServer, request as httpRequest } from "node:http";
import { connect } from "node:net";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { urlContent } from "../../../../provider/content/url/url-content";
import { listen, read, sample, sendFile, serve, settings, shownFailure } from "./loopback";

const file = sample(500_000);

/** The server under test, by an address that a proxy may be asked for. */
async function serveFar(scheme: "http" | "https" = "http"): Promise<{ origin: string; port: number }> {
  const { port } = await serve((from, to) => sendFile(from, to, file.bytes), scheme);
  return { origin: `${scheme}://0.0.0.0:${port}`, port };
}

interface Proxy {
  url: string;
  /** `GET http://…` and `CONNECT host:port`, as they came in. */
  seen: string[];
}

/** A proxy that wants `credentials`, if given. */
async function startProxy(credentials?: string): Promise<Proxy> {
  const seen: string[] = [];
  const expected = credentials === undefined ? undefined : `Basic ${Buffer.from(credentials).toString("base64")}`;
  const server = createServer((from, to) => {
    seen.push(`${String(from.method)} ${String(from.url)}`);
    if (from.headers["proxy-authorization"] !== expected) {
      to.writeHead(407).end();
      return;
    }
    httpRequest(from.url ?? "", { headers: from.headers }, (answer) => {
      to.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(to);
    }).end();
  });
  server.on("connect", (from, socket) => {
    seen.push(`CONNECT ${String(from.url)}`);
    if (from.headers["proxy-authorization"] !== expected) {
      socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
      return;
    }
    const [host, port] = (from.url ?? "").split(":");
    const target = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      target.pipe(socket).pipe(target);
    });
    target.on("error", () => socket.destroy());
    socket.on("error", () => target.destroy());
  });
  return { url: `http://127.0.0.1:${await listen(server)}`, seen };
}

async function arrives(url: string): Promise<boolean> {
  return file.bytes.equals(await read(await urlContent({ urls: [url], checksum: file.sha256 }, settings)));
}

const variables = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"];

beforeEach(() => {
  for (const name of variables) vi.stubEnv(name, undefined);
  return () => {
    vi.unstubAllEnvs();
  };
});

describe("a proxy", () => {
  it.each(["HTTP_PROXY", "http_proxy"])("named by %s is asked for http://", async (name) => {
    const [proxy, server] = [await startProxy(), await serveFar()];
    vi.stubEnv(name, proxy.url);
    expect(await arrives(`${server.origin}/x.iso`)).toBe(true);
    expect(proxy.seen).toEqual([`GET ${server.origin}/x.iso`]);
  });

  it.each(["HTTPS_PROXY", "https_proxy"])("named by %s tunnels https://", async (name) => {
    const [proxy, server] = [await startProxy(), await serveFar("https")];
    vi.stubEnv(name, proxy.url);
    expect(await arrives(`${server.origin}/x.iso`)).toBe(true);
    expect(proxy.seen).toEqual([`CONNECT 0.0.0.0:${server.port}`]);
  });

  it("may be written as host:port", async () => {
    const [proxy, server] = [await startProxy(), await serveFar()];
    vi.stubEnv("HTTP_PROXY", proxy.url.replace("http://", ""));
    expect(await arrives(`${server.origin}/x.iso`)).toBe(true);
    expect(proxy.seen).toHaveLength(1);
  });

  it.each([
    ["NO_PROXY", "example.org,0.0.0.0"],
    ["no_proxy", "example.org,0.0.0.0"],
    ["NO_PROXY", "10.0.0.0/8, 0.0.0.0/8"],
  ])("is left out for a host in %s=%s", async (name, exceptions) => {
    const [proxy, server] = [await startProxy(), await serveFar()];
    vi.stubEnv("HTTP_PROXY", proxy.url);
    vi.stubEnv(name, exceptions);
    expect(await arrives(`${server.origin}/x.iso`)).toBe(true);
    expect(proxy.seen).toEqual([]);
  });

  it("is left out for this machine", async () => {
    const [proxy, { port }] = [await startProxy(), await serveFar()];
    vi.stubEnv("HTTP_PROXY", proxy.url);
    expect(await arrives(`http://127.0.0.1:${port}/x.iso`)).toBe(true);
    expect(await arrives(`http://localhost:${port}/x.iso`)).toBe(true);
    expect(proxy.seen).toEqual([]);
  });

  it("for http:// is none for https://", async () => {
    const [proxy, server] = [await startProxy(), await serveFar("https")];
    vi.stubEnv("HTTP_PROXY", proxy.url);
    expect(await arrives(`${server.origin}/x.iso`)).toBe(true);
    expect(proxy.seen).toEqual([]);
  });

  it.each(["http", "https"] as const)("is given its credentials for %s", async (scheme) => {
    const [proxy, server] = [await startProxy("me:s3cret"), await serveFar(scheme)];
    vi.stubEnv(`${scheme}_proxy`, proxy.url.replace("://", "://me:s3cret@"));
    expect(await arrives(`${server.origin}/x.iso`)).toBe(true);
    expect(proxy.seen).toHaveLength(1);
  });

  it.each(["http", "https"] as const)("that wants credentials for %s is not asked again", async (scheme) => {
    const [proxy, server] = [await startProxy("me:s3cret"), await serveFar(scheme)];
    vi.stubEnv(`${scheme}_proxy`, proxy.url.replace("://", "://me:wr0ng@"));
    const refused = arrives(`${server.origin}/x.iso`);
    await expect(refused).rejects.toThrow("the proxy answered 407 [permission-denied]");
    expect(await shownFailure(refused)).not.toContain("wr0ng");
    expect(proxy.seen).toHaveLength(1);
  });

  it("that is no URL is named by its variable, not by its value", async () => {
    vi.stubEnv("HTTPS_PROXY", "http://me:s3cret@[");
    const refused = arrives("https://0.0.0.0:1/x.iso");
    await expect(refused).rejects.toThrow("the environment variable HTTPS_PROXY is not the URL of a proxy");
    expect(await shownFailure(refused)).not.toContain("s3cret");
  });
});
