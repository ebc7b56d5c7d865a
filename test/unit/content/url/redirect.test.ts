// Redirects: followed, within bounds, without giving away credentials or TLS.
import { describe, expect, it } from "vitest";
import { urlContent } from "../../../../provider/content/url/url-content";
import { type LoopbackServer, read, sample, sendFile, serve, settings, shownFailure } from "./loopback";

const file = sample(100_000);
const tls = "https";

const serveFile = (scheme?: "https") => serve((from, to) => sendFile(from, to, file.bytes), scheme);
const redirectTo = (location: string, scheme?: "https", status = 302) =>
  serve((_, to) => void to.writeHead(status, { location }).end("moved"), scheme);

async function arrives(url: string): Promise<boolean> {
  return file.bytes.equals(await read(await urlContent({ urls: [url], checksum: file.sha256 }, settings)));
}

describe("a redirect", () => {
  it.each([301, 302, 303, 307, 308])("with %i is followed", async (status) => {
    const target = await serveFile();
    const { origin } = await redirectTo(`${target.origin}/real.iso?x=1`, undefined, status);
    expect(await arrives(`${origin}/x.iso`)).toBe(true);
    expect(target.requests[0]?.path).toBe("/real.iso?x=1");
  });

  it("may be relative", async () => {
    const { origin, requests } = await serve((from, to, count) => {
      if (count === 0) to.writeHead(302, { location: "../real.iso" }).end();
      else sendFile(from, to, file.bytes);
    });
    expect(await arrives(`${origin}/a/b/x.iso`)).toBe(true);
    expect(requests[1]?.path).toBe("/a/real.iso");
  });

  it("may lead from http:// to https:// and on within https://", async () => {
    const target = await serveFile(tls);
    const between = await redirectTo(`${target.origin}/x.iso`, tls);
    const { origin } = await redirectTo(`${between.origin}/x.iso`);
    expect(await arrives(`${origin}/x.iso`)).toBe(true);
  });

  it("may lead to http:// where the checksum is a value", async () => {
    const target = await serveFile();
    const { origin } = await redirectTo(`${target.origin}/x.iso`, tls);
    expect(await arrives(`${origin}/x.iso`)).toBe(true);
  });

  it("may not lead to http:// where the checksum comes from a list", async () => {
    const target = await serveFile();
    const server = await serve((from, to) => {
      if (from.url === "/SHA256SUMS") to.end(`${file.sha256.slice(7)}  x.iso\n`);
      else to.writeHead(302, { location: `${target.origin}/x.iso?sig=s3cret` }).end();
    }, tls);
    const source = await urlContent(
      { urls: [`${server.origin}/x.iso`], checksum: `${server.origin}/SHA256SUMS` },
      settings,
    );
    await expect(source.open()).rejects.toThrow(/redirects from https:\/\/ to .*x\.iso\?… \[unavailable\].*\n.*value/);
    expect(target.requests).toEqual([]);
  });

  it("is not followed for ever", async () => {
    const { origin, requests } = await serve((_, to, n) => void to.writeHead(302, { location: `/${n}` }).end());
    await expect(arrives(`${origin}/x.iso`)).rejects.toThrow(
      /the server redirects more than 10 times \[unavailable\] \(GET .* → 302\)\nCheck the URL in a browser/,
    );
    expect(requests).toHaveLength(11);
  });

  it.each(["ftp://example.org/x.iso", "file:///etc/passwd", "http://["])("to %s is refused", async (location) => {
    const { origin } = await redirectTo(location);
    await expect(arrives(`${origin}/x.iso`)).rejects.toThrow(
      /the server (redirects to (ftp|file)|sends a redirect without a valid target)/,
    );
  });

  it("leads to another server at each attempt without mixing up their ETags", async () => {
    const one = await serve((from, to) => sendFile(from, to, file.bytes, { etag: '"one"', cutAfter: 1000 }));
    const two = await serve((from, to) => sendFile(from, to, file.bytes, { etag: '"two"' }));
    const to = (server: LoopbackServer) => `${server.origin}/x.iso`;
    const { origin } = await serve(
      (_, response, count) => void response.writeHead(302, { location: to(count === 0 ? one : two) }).end(),
    );
    expect(await arrives(`${origin}/x.iso`)).toBe(true);
    expect(two.requests[0]?.headers).toMatchObject({ range: "bytes=1000-" });
    expect(two.requests[0]?.headers["if-range"]).toBeUndefined();
  });
});

describe("credentials in a URL", () => {
  const authorization = `Basic ${Buffer.from("me:s3cr@t").toString("base64")}`;
  const withUser = (origin: string) => origin.replace("://", "://me:s3cr%40t@");

  it("are sent, and kept by a redirect within the origin only", async () => {
    const elsewhere = await serveFile();
    const { origin, requests } = await serve((_, to, count) => {
      const location = count === 0 ? "/second" : `${elsewhere.origin}/x.iso`;
      to.writeHead(302, { location }).end();
    });
    expect(await arrives(`${withUser(origin)}/x.iso`)).toBe(true);
    expect(requests.map(({ headers }) => headers.authorization)).toEqual([authorization, authorization]);
    expect(elsewhere.requests[0]?.headers.authorization).toBeUndefined();
  });

  it("and queries never appear in errors", async () => {
    const { origin } = await serve((_, to) => void to.writeHead(403).end());
    const host = new URL(origin).host;
    const failing = arrives(`${withUser(origin)}/x.iso?token=s3cr-token#s3cr-fragment`);
    await expect(failing).rejects.toThrow(`download http://${host}/x.iso?…: the server refuses access`);
    expect(await shownFailure(failing)).not.toContain("s3cr");
  });

  it("are not in the causes of network errors either", async () => {
    const { origin } = await serve((_, to) => void to.destroy());
    const failing = arrives(`${withUser(origin)}/x.iso?token=s3cr-token`);
    await expect(failing).rejects.toThrow("the connection was closed");
    const shown = await shownFailure(failing);
    expect(shown).not.toContain("s3cr");
    expect(shown).not.toContain(authorization);
  });

  it.each(["htps://me:s3cret@host/x.iso?token=s3cret", "//me:s3cret@host/x", "me:s3cret@host/x?s3cret"])(
    "do not appear either when %s is refused",
    async (url) => {
      const refused = urlContent({ urls: [url], checksum: file.sha256 });
      await expect(refused).rejects.toMatchObject({ code: "invalid-argument" });
      expect(await shownFailure(refused)).not.toContain("s3cret");
    },
  );
});
