// Progress of a stream: percent, rate and time left; failures go through in both directions.
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { reportTo, withProgress } from "../../../provider/content/progress";
import { bytesOf } from "./bytes-of";

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

describe("progress", () => {
  it("says how much, how fast and how long still", () => {
    const texts: string[] = [];
    const report = reportTo((text) => texts.push(text), "uploading");
    vi.advanceTimersByTime(2000);
    report(2 ** 30, 4 * 2 ** 30);
    report(4 * 2 ** 30, 4 * 2 ** 30);
    expect(texts).toEqual([
      "uploading 1.0 GiB of 4.0 GiB, 25 %, 512.0 MiB/s, 6 s left",
      "uploading 4.0 GiB of 4.0 GiB, 100 %, 2.0 GiB/s",
    ]);
  });

  it("says what it knows when the size is not known", () => {
    const texts: string[] = [];
    const report = reportTo((text) => texts.push(text), "downloading");
    vi.advanceTimersByTime(1000);
    report(1536, undefined);
    report(10, undefined);
    expect(texts).toEqual(["downloading 1.5 KiB, 1.5 KiB/s", "downloading 10 B, 10 B/s"]);
  });
});

describe("a stream that is shown", () => {
  const opened = (stream: Readable) => ({
    stream,
    sizeBytes: 6,
    received: Promise.resolve({ sha256: "", sizeBytes: 6 }),
  });

  it("has the same bytes", async () => {
    const texts: string[] = [];
    const source = Readable.from([Buffer.from("abc"), Buffer.from("def")]);
    const { stream } = withProgress(opened(source), "uploading", (text) => texts.push(text));
    expect((await bytesOf(stream)).toString()).toBe("abcdef");
    expect(texts.map((text) => text.split(",")[1])).toEqual([" 50 %", " 100 %"]);
  });

  it("fails as its source does", async () => {
    const source = new Readable({ read: () => void source.destroy(new Error("the disk is gone")) });
    await expect(bytesOf(withProgress(opened(source), "uploading", () => undefined).stream)).rejects.toThrow(
      "the disk is gone",
    );
  });

  it("lets go of its source when nobody reads it any more", async () => {
    const source = new Readable({ read: () => undefined });
    withProgress(opened(source), "uploading", () => undefined).stream.destroy();
    await vi.waitFor(() => expect(source.destroyed).toBe(true));
  });
});
