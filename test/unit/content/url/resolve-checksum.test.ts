// From what is written as a checksum to the digest: values, lists on servers, local lists.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { resolveChecksum } from "../../../../provider/content/url/resolve-checksum";
import { urlContent } from "../../../../provider/content/url/url-content";
import { urlProblems } from "../../../../provider/content/url/url-problems";
import { read, sample, sendFile, serve, settings } from "./loopback";

const file = sample(10_000);
const hex = file.sha256.slice(7);

async function localList(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "checksums-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, "SHA256SUMS");
  await writeFile(path, text);
  return path;
}

describe("resolveChecksum", () => {
  it("takes a value without any request", async () => {
    expect(await resolveChecksum(file.sha256, ["https://nowhere.invalid/x.iso"])).toBe(file.sha256);
  });

  it("fetches a list and finds the decoded name of the first URL in it", async () => {
    const { origin } = await serve((_, to) => to.end(`${hex} *a b.iso\n`), "https");
    const urls = ["https://nowhere.invalid/pub/a%20b.iso?x=1", "https://nowhere.invalid/other-name.iso"];
    expect(await resolveChecksum(`${origin}/SHA256SUMS`, urls, settings)).toBe(file.sha256);
  });

  it("reads a local list", async () => {
    const path = await localList(`SHA256 (x.iso) = ${hex}\n`);
    expect(await resolveChecksum(path, ["https://nowhere.invalid/x.iso"])).toBe(file.sha256);
    expect(await resolveChecksum(`file://${path}`, ["https://nowhere.invalid/x.iso"])).toBe(file.sha256);
  });

  it("says which list it was that did not help", async () => {
    const path = await localList(`${hex}  y.iso\n`);
    const urls = ["https://nowhere.invalid/x.iso"];
    await expect(resolveChecksum(path, urls)).rejects.toThrow(
      `look up the checksum in ${path}: it has no entry "x.iso"; there are "y.iso" [not-found]`,
    );
    await expect(resolveChecksum(`${path}-no`, urls)).rejects.toThrow(`there is no file ${path}-no [not-found]`);
    await expect(resolveChecksum(path, ["https://nowhere.invalid/"])).rejects.toThrow("has no file name to look up");
  });

  it("tries again and follows redirects for a list, but never to http://", async () => {
    const plain = await serve((_, to) => to.end(`${hex}  x.iso\n`));
    const { origin } = await serve((from, to, count) => {
      if (count === 0) to.writeHead(503).end();
      else if (from.url === "/SUMS") to.writeHead(302, { location: "/real" }).end();
      else if (from.url === "/real") to.end(`${hex}  x.iso\n`);
      else to.writeHead(302, { location: `${plain.origin}/SUMS` }).end();
    }, "https");
    const urls = ["https://nowhere.invalid/x.iso"];
    expect(await resolveChecksum(`${origin}/SUMS`, urls, settings)).toBe(file.sha256);
    await expect(resolveChecksum(`${origin}/plain`, urls, settings)).rejects.toThrow("redirects from https://");
  });

  it("does not read something huge as a list", async () => {
    const { origin } = await serve((_, to) => to.end(Buffer.alloc(5 * 1024 * 1024)), "https");
    const urls = ["https://nowhere.invalid/x.iso"];
    await expect(resolveChecksum(`${origin}/x`, urls, settings)).rejects.toThrow("larger than 4 MiB");
  });

  it("trusts no certificate that it cannot check, and says how to make it", async () => {
    const { origin, requests } = await serve((_, to) => to.end(`${hex}  x.iso\n`), "https");
    const refused = resolveChecksum(`${origin}/SUMS`, [`${origin}/x.iso`]);
    await expect(refused).rejects.toThrow(/self-signed certificate \[unavailable\].*\n.*NODE_EXTRA_CA_CERTS/);
    expect(requests).toEqual([]);
  });
});

describe("urlContent", () => {
  it("is pinned by a list over HTTPS, with the file itself over HTTP", async () => {
    const plain = await serve((from, to) => sendFile(from, to, file.bytes));
    const { origin } = await serve((_, to) => to.end(`${hex}  x.iso\n`), "https");
    const source = await urlContent({ urls: [`${plain.origin}/x.iso`], checksum: `${origin}/SUMS` }, settings);
    expect(source.digest).toBe(file.sha256);
    expect(file.bytes.equals(await read(source))).toBe(true);
  });

  it("refuses a URL without a checksum, and one without any URL", async () => {
    const urls = ["https://nowhere.invalid/x.iso"];
    await expect(urlContent({ urls, checksum: undefined })).rejects.toThrow("a URL without a checksum is refused");
    await expect(urlContent({ urls: [], checksum: file.sha256 })).rejects.toThrow("there is no URL to download from");
  });

  it("passes on what was being done", async () => {
    const { origin } = await serve((_, to) => void to.writeHead(404).end());
    const doing = "create ISO volume default/x";
    const source = await urlContent({ urls: [`${origin}/x.iso`], checksum: file.sha256, doing }, settings);
    await expect(source.open()).rejects.toThrow(`${doing}: there is no such file on the server [not-found] (GET`);
  });
});

describe("urlProblems", () => {
  it("finds all of them at once", () => {
    const urls = ["https://example.org/x.iso", "nonsense", "ftp://example.org/x.iso"];
    expect(urlProblems({ urls, checksum: "sha256:12" }).map(({ at }) => at)).toEqual([1, 2, "checksum"]);
    expect(urlProblems({ urls, checksum: undefined }).at(-1)?.error.message).toContain("is refused");
  });

  it("finds none where there is none", () => {
    expect(urlProblems({ urls: ["http://example.org/x.iso"], checksum: file.sha512 })).toEqual([]);
  });
});
