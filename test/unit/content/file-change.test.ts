// A local file that changes while it is read: it has no hash, and is never sent as a whole.
import { appendFileSync, truncateSync, writeFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { fileContent } from "../../../provider/content/local-file/file";
import { failure } from "../failure";
import { LocalFiles, mebibyte } from "./local-files";

vi.mock(import("node:fs/promises"), async (original) => ({ ...(await original()) }));

const files = LocalFiles.use();

describe("a file that changes while it is read", () => {
  const changed = /changed while it was read \[content-mismatch\]\nWait until it is no longer being written/;
  const changes: [string, (path: string) => void][] = [
    ["grows", (path) => appendFileSync(path, "more")],
    ["shrinks", (path) => truncateSync(path, mebibyte)],
    ["is cut to nothing", (path) => truncateSync(path, 0)],
    ["is overwritten", (path) => writeFileSync(path, Buffer.alloc(8 * mebibyte, "b"))],
  ];

  it.each(changes)("and %s has no hash", async (_name, change) => {
    const path = files.make(Buffer.alloc(8 * mebibyte, "a"));
    let done = false;
    const report = (): void => {
      if (!done) change(path);
      done = true;
    };
    expect((await failure(fileContent(path, { report }))).message).toMatch(changed);
  });

  it.each(changes)("and %s is not streamed to its end", async (_name, change) => {
    const path = files.make(Buffer.alloc(8 * mebibyte, "a"));
    const content = await fileContent(path);
    const { stream } = await content.open();
    let got = 0;
    const read = async (): Promise<void> => {
      for await (const chunk of stream) {
        if (got === 0) change(path);
        got += chunk.length;
      }
    };
    expect((await failure(read())).message).toMatch(changed);
    expect(got).toBeLessThan(8 * mebibyte);
    await vi.waitFor(() => expect(files.open()).toEqual([]));
  });

  it("between its hash and its upload is not streamed at all", async () => {
    const path = files.make("content");
    const content = await fileContent(path);
    writeFileSync(path, "CONTENT");
    expect((await failure(content.open())).message).toMatch(changed);
    expect(files.open()).toEqual([]);
  });
});
