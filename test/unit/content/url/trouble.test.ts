// A web server that is busy, refuses or stalls: asked again where that helps, and not for ever.
import { describe, expect, it } from "vitest";
import { urlContent } from "../../../../provider/content/url/url-content";
import { bytesOf } from "../bytes-of";
import { arrives, checksum, content, file, third } from "./downloads";
import { read, sendFile, serve, settings } from "./loopback";

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
