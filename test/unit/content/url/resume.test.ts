// A download that breaks in the middle, and goes on from there.
import { describe, expect, it } from "vitest";
import { urlContent } from "../../../../provider/content/url/url-content";
import { arrives, checksum, content, file, third } from "./downloads";
import { read, sendFile, serve, settings } from "./loopback";

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
