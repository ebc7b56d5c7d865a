// A download, and its mirrors: which bytes arrive, and what is asked for them.
import { type ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { urlContent } from "../../../../provider/content/url/url-content";
import { bytesOf } from "../bytes-of";
import { arrives, checksum, content, file, third } from "./downloads";
import { deadPort, read, sendFile, serve, settings } from "./loopback";

function chunked(to: ServerResponse): void {
  to.write(file.bytes.subarray(0, third));
  to.end(file.bytes.subarray(third));
}

describe("a download", () => {
  it("gives the bytes and their number", async () => {
    const { origin } = await serve((from, to) => sendFile(from, to, file.bytes));
    const source = await content(`${origin}/x.iso`);
    expect(source.digest).toBe(file.sha256);
    const { stream, sizeBytes, received } = await source.open();
    expect(sizeBytes).toBe(file.bytes.length);
    expect(file.bytes.equals(await bytesOf(stream))).toBe(true);
    await expect(received).resolves.toEqual({ sha256: file.sha256.slice(7), sizeBytes: file.bytes.length });
  });

  it("works without a Content-Length", async () => {
    const { origin } = await serve((_, to) => chunked(to));
    const { stream, sizeBytes } = await (await content(`${origin}/x.iso`)).open();
    expect(sizeBytes).toBeUndefined();
    expect(file.bytes.equals(await bytesOf(stream))).toBe(true);
  });

  it("asks for the file as it is, not compressed", async () => {
    const { origin, requests } = await serve((from, to) => sendFile(from, to, file.bytes));
    await read(await content(`${origin}/x.iso`));
    expect(requests.map(({ headers }) => headers["accept-encoding"])).toEqual(["identity"]);
  });

  it("requests nothing before it is opened", async () => {
    const { origin, requests } = await serve((from, to) => sendFile(from, to, file.bytes));
    await content(`${origin}/x.iso`);
    expect(requests).toEqual([]);
  });

  it("tells of its progress", async () => {
    const { origin } = await serve((from, to) => sendFile(from, to, file.bytes));
    const seen: [number, number | undefined][] = [];
    const onProgress = (done: number, total: number | undefined) => void seen.push([done, total]);
    await read(await urlContent({ urls: [`${origin}/x.iso`], checksum, onProgress }, settings));
    expect(seen.at(-1)).toEqual([file.bytes.length, file.bytes.length]);
    expect(seen.length).toBeGreaterThan(2);
  });
});

describe("mirrors", () => {
  it("are tried in order", async () => {
    const absent = await serve((_, to) => void to.writeHead(404).end());
    const good = await serve((from, to) => sendFile(from, to, file.bytes));
    const unused = await serve((from, to) => sendFile(from, to, file.bytes));
    const source = await content(`${absent.origin}/x.iso`, `${good.origin}/y.iso`, `${unused.origin}/x.iso`);
    expect(await arrives(source)).toBe(true);
    expect([absent, good, unused].map(({ requests }) => requests.length)).toEqual([1, 1, 0]);
  });

  it("carry on where another one broke off, without its ETag", async () => {
    const broken = await serve((from, to, count) => {
      if (count === 0) sendFile(from, to, file.bytes, { etag: '"one"', cutAfter: third });
      else to.destroy();
    });
    const good = await serve((from, to) => sendFile(from, to, file.bytes, { etag: '"two"' }));
    expect(await arrives(await content(`${broken.origin}/x.iso`, `${good.origin}/x.iso`))).toBe(true);
    expect(good.requests[0]?.headers).toMatchObject({ range: `bytes=${third}-` });
    expect(good.requests[0]?.headers["if-range"]).toBeUndefined();
  });

  it("are passed over if their file has another size", async () => {
    const broken = await serve((from, to, count) => {
      if (count === 0) sendFile(from, to, file.bytes, { cutAfter: third });
      else to.destroy();
    });
    const other = await serve((from, to) => sendFile(from, to, file.bytes.subarray(1)));
    const good = await serve((from, to) => sendFile(from, to, file.bytes));
    const urls = [broken, other, good].map(({ origin }) => `${origin}/x.iso`);
    expect(await arrives(await content(...urls))).toBe(true);
    expect(other.requests).toHaveLength(1);
  });

  it("are all named, each with its reason, when none of them works", async () => {
    const absent = await serve((_, to) => void to.writeHead(404).end());
    const dead = `http://127.0.0.1:${await deadPort()}`;
    const source = await content(`${absent.origin}/x.iso`, `${dead}/x.iso`);
    await expect(source.open()).rejects.toThrow(
      expect.objectContaining({
        code: "unavailable",
        message: expect.stringMatching(
          new RegExp(
            `none of 2 mirrors could provide the file:\\n {2}${absent.origin}/x.iso: there is no such file on the server\\n {2}${dead}/x.iso: connect ECONNREFUSED .* \\(5 attempts\\)`,
          ),
        ) as string,
      }),
    );
  });
});
