// Content that nobody waits for any more: hashing, making, converting and downloading it end at once, and let go of files.
import { randomBytes } from "node:crypto";
import { chmodSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { convertToQcow2 } from "../../../provider/content/disk-image/convert";
import { fileContent } from "../../../provider/content/local-file/file";
import { generatedIso } from "../../../provider/content/generated-iso/generated-iso";
import { partOf } from "./parts";
import { splitContent } from "../../../provider/content/disk-image/split-image";
import { urlContent } from "../../../provider/content/url/url-content";
import { LxdError } from "../../../provider/base/errors";
import { bytesOf } from "./bytes-of";
import { LocalFiles, mebibyte, settle } from "./local-files";
import { sample, sendFile, serve, settings } from "./url/loopback";

vi.mock(import("node:fs/promises"), { spy: true });

const reason = new LxdError({ code: "cancelled", why: "the run was cancelled" });

/** What comes sooner or later: on a loaded machine, the second that is the default may be too short. */
const until = (check: () => void): Promise<void> => vi.waitFor(check, 20_000);

/** Aborts, upon which the work has to fail with the reason within a moment. */
async function stop(abort: AbortController, work: Promise<unknown>): Promise<void> {
  const failed = expect(work).rejects.toMatchObject({ code: "cancelled" });
  const from = performance.now();
  abort.abort(reason);
  await failed;
  expect(performance.now() - from).toBeLessThan(500);
}

describe("what is read here", () => {
  const files = LocalFiles.use();

  /** Stopped when the first of its bytes have passed; none come after that. */
  async function stopAtOnce(read: (reader: { report: () => void; signal: AbortSignal }) => Promise<unknown>) {
    const abort = new AbortController();
    let reports = 0;
    const report = (): void => {
      reports += 1;
      abort.abort(reason);
    };
    await expect(read({ report, signal: abort.signal })).rejects.toMatchObject({ code: "cancelled" });
    expect(reports).toBe(1);
    await until(() => expect(files.open()).toEqual([]));
  }

  it("is no longer hashed", async () => {
    const path = files.make(randomBytes(8 * mebibyte));
    await stopAtOnce((reader) => fileContent(path, reader));
    expect((await fileContent(path)).sizeBytes).toBe(8 * mebibyte);
  });

  it("is no longer made into an image", async () => {
    const path = files.make(randomBytes(8 * mebibyte));
    await stopAtOnce((reader) => generatedIso({ label: "x", files: { a: { file: path } } }, reader));
  });

  it("is let go of when nobody reads the image of it to its end", async () => {
    const iso = await generatedIso({ label: "x", files: { a: { file: files.make(randomBytes(8 * mebibyte)) } } });
    const { stream, received } = await iso.open();
    received.catch(() => undefined);
    const chunks = stream[Symbol.asyncIterator]();
    while (files.open().length === 0) await chunks.next();
    stream.destroy();
    await until(() => expect(files.open()).toEqual([]));
  });

  it("is no longer hashed as the two parts of an image", async () => {
    const [metadata, rootfs] = [files.make("metadata", "m"), files.make(randomBytes(8 * mebibyte), "r")];
    for (const path of [metadata, rootfs]) await fileContent(path);
    settle();
    for (const path of [metadata, rootfs]) await fileContent(path);
    const parts = { metadata: await partOf(metadata), rootfs: await partOf(rootfs), isVirtualMachine: false };
    await stopAtOnce((reader) => splitContent(parts, reader));
  });

  it("is no longer converted", async () => {
    const tool = files.make('#!/bin/sh\necho "(1.00/100%)"\nexec sleep 60\n', "qemu-img");
    chmodSync(tool, 0o755);
    vi.stubEnv("PATH", `${files.dir}:${process.env["PATH"] ?? ""}`);
    const abort = new AbortController();
    const status = vi.fn();
    const work = convertToQcow2({ from: "a.vmdk", format: "vmdk", to: "a.qcow2", status, signal: abort.signal });
    await until(() => expect(status).toHaveBeenCalled());
    await stop(abort, work);
  });
});

describe("a download", () => {
  const file = sample(3 * mebibyte);
  const { sha256: checksum } = file;

  it("is given up before it is answered", async () => {
    const { origin, requests } = await serve(() => undefined);
    const abort = new AbortController();
    const source = await urlContent({ urls: [`${origin}/x.iso`], checksum }, { ...settings, signal: abort.signal });
    const opening = source.open();
    await until(() => expect(requests).toHaveLength(1));
    await stop(abort, opening);
    await expect(source.open()).rejects.toMatchObject({ code: "cancelled" });
    expect(requests).toHaveLength(1);
  });

  it("is given up between two attempts", async () => {
    const { origin, requests } = await serve((_, to) => void to.writeHead(503, { "retry-after": "60" }).end());
    const abort = new AbortController();
    const limits = { ...settings.limits, retryAfterMaxMs: 60_000 };
    const source = await urlContent(
      { urls: [`${origin}/x.iso`], checksum },
      { ...settings, limits, signal: abort.signal },
    );
    const opening = source.open();
    await until(() => expect(requests).toHaveLength(1));
    await sleep(100);
    await stop(abort, opening);
  });

  it("is given up in the middle, and not taken up again", async () => {
    const closed = vi.fn();
    const { origin, requests } = await serve((_, to) => {
      to.writeHead(200, { "content-length": file.bytes.length }).write(file.bytes.subarray(0, mebibyte));
      to.on("close", closed);
    });
    const abort = new AbortController();
    const source = await urlContent({ urls: [`${origin}/x.iso`], checksum }, { ...settings, signal: abort.signal });
    const { stream } = await source.open();
    const reading = bytesOf(stream);
    await sleep(100);
    await stop(abort, reading);
    await until(() => expect(closed).toHaveBeenCalled());
    expect(requests).toHaveLength(1);
  });

  it("is given up while its list of checksums is asked for", async () => {
    const { origin, requests } = await serve(() => undefined, "https");
    const abort = new AbortController();
    const args = { urls: [`${origin}/x.iso`], checksum: `${origin}/SHA256SUMS` };
    const finding = urlContent(args, { ...settings, signal: abort.signal });
    await until(() => expect(requests).toHaveLength(1));
    await stop(abort, finding);
  });

  it("that has ended is not touched by a later stop", async () => {
    const { origin } = await serve((from, to) => sendFile(from, to, file.bytes));
    const abort = new AbortController();
    const source = await urlContent({ urls: [`${origin}/x.iso`], checksum }, { ...settings, signal: abort.signal });
    const { stream, received } = await source.open();
    expect(file.bytes.equals(await bytesOf(stream))).toBe(true);
    abort.abort(reason);
    expect(await received).toMatchObject({ sizeBytes: file.bytes.length });
  });
});
