// A download that is cut, stalled, refused or sent elsewhere, and what becomes of it.
import { type ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { type Content } from "../../../../provider/content/content";
import { urlContent } from "../../../../provider/content/url/url-content";
import { deadPort, read, sample, sendFile, serve, settings } from "./loopback";
import { bytesOf } from "../bytes-of";

const mebibyte = 1024 * 1024;
const file = sample(3 * mebibyte + 7);
const third = mebibyte;
const checksum = file.sha256;

/** Compared as a whole: element by element, as \`toEqual\` does it, takes seconds. */
const arrives = async (source: Content) => file.bytes.equals(await read(source));
const content = (...urls: string[]) => urlContent({ urls, checksum }, settings);

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

describe("a transfer that breaks in the middle", () => {
  it.each([
    { validator: { etag: '"v1"' }, ifRange: '"v1"' },
    { validator: { lastModified: "Sat, 01 Jan 2000 00:00:00 GMT" }, ifRange: "Sat, 01 Jan 2000 00:00:00 GMT" },
    { validator: { etag: 'W/"v1"' }, ifRange: undefined },
    { validator: {}, ifRange: undefined },
  ])("is resumed from there with $validator", async ({ validator, ifRange }) => {
    const { origin, requests } = await serve((from, to, count) => {
      sendFile(from, to, file.bytes, { ...validator, cutAfter: count < 2 ? third : undefined });
    });
    expect(await arrives(await content(`${origin}/x.iso`))).toBe(true);
    expect(requests.map(({ headers }) => headers.range)).toEqual([undefined, `bytes=${third}-`, `bytes=${2 * third}-`]);
    expect(requests.slice(1).map(({ headers }) => headers["if-range"])).toEqual([ifRange, ifRange]);
  });

  it("is resumed by skipping what is known when the server ignores ranges", async () => {
    const { origin, requests } = await serve((from, to, count) => {
      const { range: _, ...headers } = from.headers;
      sendFile(Object.assign(from, { headers }), to, file.bytes, { cutAfter: count === 0 ? third : undefined });
    });
    expect(await arrives(await content(`${origin}/x.iso`))).toBe(true);
    expect(requests).toHaveLength(2);
  });

  it("is resumed without a range when the server answers with another one", async () => {
    const { origin, requests } = await serve((from, to, count) => {
      if (from.headers.range === undefined) {
        sendFile(from, to, file.bytes, { cutAfter: count === 0 ? third : undefined });
        return;
      }
      to.writeHead(206, { "content-range": `bytes 0-9/${file.bytes.length}` }).end(file.bytes.subarray(0, 10));
    });
    expect(await arrives(await content(`${origin}/x.iso`))).toBe(true);
    expect(requests.map(({ headers }) => headers.range)).toEqual([undefined, `bytes=${third}-`, undefined]);
  });

  it("takes parts that are shorter than asked for", async () => {
    const { origin } = await serve((from, to, count) => {
      if (count === 0) {
        sendFile(from, to, file.bytes, { cutAfter: third });
        return;
      }
      const start = Number(/\d+/.exec(from.headers.range ?? "")?.[0]);
      const part = file.bytes.subarray(start, start + third);
      to.setHeader("content-range", `bytes ${start}-${start + part.length - 1}/${file.bytes.length}`);
      to.writeHead(206).end(part);
    });
    expect(await arrives(await content(`${origin}/x.iso`))).toBe(true);
  });

  it("was complete when only the end of a body without a length was missing", async () => {
    const { origin, requests } = await serve((from, to, count) => {
      if (count > 0) sendFile(from, to, file.bytes);
      else to.write(file.bytes, () => setTimeout(() => to.destroy(), 50));
    });
    expect(await arrives(await content(`${origin}/x.iso`))).toBe(true);
    expect(requests.map(({ headers }) => headers.range)).toEqual([undefined, `bytes=${file.bytes.length}-`]);
  });

  it("is given up after several attempts without a new byte", async () => {
    const { origin, requests } = await serve((from, to) => {
      const isFirst = from.headers.range === undefined;
      if (isFirst) sendFile(from, to, file.bytes, { cutAfter: third });
      else to.destroy();
    });
    await expect(read(await content(`${origin}/x.iso`))).rejects.toThrow(
      `download ${origin}/x.iso: after ${third} bytes: the connection was closed in the middle of the transfer (5 attempts) [unavailable]`,
    );
    expect(requests).toHaveLength(5);
  });

  it("is given up after many attempts that bring next to nothing", async () => {
    const { origin, requests } = await serve((from, to) => sendFile(from, to, file.bytes, { cutAfter: 1 }));
    const few = { ...settings, limits: { ...settings.limits, attempts: 8 } };
    const source = await urlContent({ urls: [`${origin}/x.iso`], checksum }, few);
    await expect(read(source)).rejects.toThrow("after 8 bytes: ");
    expect(requests).toHaveLength(8);
  });
});

describe("a server in trouble", () => {
  it.each([500, 502, 503, 429, 408])("is asked again after %i", async (status) => {
    const { origin, requests } = await serve((from, to, count) => {
      if (count < 2) to.writeHead(status).end("busy");
      else sendFile(from, to, file.bytes);
    });
    expect(await arrives(await content(`${origin}/x.iso`))).toBe(true);
    expect(requests).toHaveLength(3);
  });

  it.each([
    [404, "not-found"],
    [403, "permission-denied"],
    [401, "permission-denied"],
    [400, "unavailable"],
    [204, "unavailable"],
  ])("is not asked again after %i", async (status, code) => {
    const { origin, requests } = await serve((_, to) => void to.writeHead(status).end());
    const opening = (await content(`${origin}/x.iso`)).open();
    await expect(opening).rejects.toMatchObject({ code });
    await expect(opening).rejects.toThrow(`(GET ${origin}/x.iso → ${status})`);
    expect(requests).toHaveLength(1);
  });

  it("is left alone as long as Retry-After says, within bounds", async () => {
    const times: number[] = [];
    const { origin } = await serve((from, to, count) => {
      times.push(Date.now());
      if (count === 0) to.writeHead(429, { "retry-after": "3600" }).end();
      else sendFile(from, to, file.bytes);
    });
    await read(await content(`${origin}/x.iso`));
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(295);
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeLessThan(3_000);
  });

  it("is left and tried again when it sends nothing for too long", async () => {
    const { origin, requests } = await serve((from, to, count) => {
      if (count === 1) return;
      if (count > 1) sendFile(from, to, file.bytes);
      else to.writeHead(200, { "content-length": file.bytes.length }).write(file.bytes.subarray(0, third));
    });
    const hasty = { ...settings, limits: { ...settings.limits, idleMs: 300 } };
    const source = await urlContent({ urls: [`${origin}/x.iso`], checksum }, hasty);
    expect(await arrives(source)).toBe(true);
    // On a busy machine a healthy answer may be late as well.
    expect(requests.length).toBeGreaterThanOrEqual(3);
  });

  it("that stalls for good is told as a timeout", async () => {
    const { origin } = await serve(() => undefined);
    const hasty = { ...settings, limits: { ...settings.limits, idleMs: 100, barrenAttempts: 2 } };
    const source = await urlContent({ urls: [`${origin}/x.iso`], checksum }, hasty);
    await expect(source.open()).rejects.toThrow("the server did not answer in time (2 attempts) [timeout]");
  });

  it("is not blamed for a slow consumer", async () => {
    const { origin, requests } = await serve((from, to) => sendFile(from, to, file.bytes));
    const hasty = { ...settings, limits: { ...settings.limits, idleMs: 500 } };
    const { stream } = await (await urlContent({ urls: [`${origin}/x.iso`], checksum }, hasty)).open();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(file.bytes.equals(await bytesOf(stream))).toBe(true);
    expect(requests).toHaveLength(1);
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
            `none of 2 mirrors could give the file:\\n {2}${absent.origin}/x.iso: there is no such file on the server\\n {2}${dead}/x.iso: connect ECONNREFUSED .* \\(5 attempts\\)`,
          ),
        ) as string,
      }),
    );
  });
});
