// A local file: known by its hash, streamed, and refused for what it is.
import { symlinkSync } from "node:fs";
import * as promises from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { expandPath, fileContent } from "../../../provider/content/local-file/file";
import { failure } from "../failure";
import { bytesOf } from "./bytes-of";
import { LocalFiles, mebibyte, sha256 } from "./local-files";

vi.mock(import("node:fs/promises"), async (original) => ({ ...(await original()) }));

const files = LocalFiles.use();

describe("a path", () => {
  it("is relative to the program's folder, absolute, or from the home folder", () => {
    expect(expandPath("a/b.iso")).toBe(join(process.cwd(), "a/b.iso"));
    expect(expandPath("/a/../b.iso")).toBe("/b.iso");
    expect(expandPath("~/b.iso")).toBe(join(homedir(), "b.iso"));
    expect(expandPath("~")).toBe(homedir());
    expect(expandPath("~b")).toBe(join(process.cwd(), "~b"));
  });
});

describe("a file", () => {
  it("is known by its hash, name and size, and is streamed", async () => {
    const bytes = Buffer.alloc(3 * mebibyte + 17, "abcdefg");
    const content = await fileContent(files.make(bytes));
    expect(content).toMatchObject({
      digest: `sha256:${sha256(bytes)}`,
      sizeBytes: bytes.length,
      fileName: "a.iso",
      path: join(files.dir, "a.iso"),
    });
    const { stream, sizeBytes, received } = await content.open();
    expect(sizeBytes).toBe(bytes.length);
    expect((await bytesOf(stream)).equals(bytes)).toBe(true);
    expect(await received).toEqual({ sha256: sha256(bytes), sizeBytes: bytes.length });
    await vi.waitFor(() => expect(files.open()).toEqual([]));
  });

  it("may be a link", async () => {
    files.make("x", "real.iso");
    symlinkSync("real.iso", join(files.dir, "link.iso"));
    expect((await fileContent(join(files.dir, "link.iso"))).digest).toBe(`sha256:${sha256("x")}`);
  });

  it("tells how far its hash has come", async () => {
    const seen: [number, number | undefined][] = [];
    await fileContent(files.make(Buffer.alloc(3 * mebibyte)), {
      report: (done, total) => seen.push([done, total]),
    });
    expect(seen.at(-1)).toEqual([3 * mebibyte, 3 * mebibyte]);
    expect(seen.length).toBeGreaterThan(1);
  });

  it.each([
    [
      "not there",
      () => join(files.dir, "none"),
      /^there is no file .*none \[invalid-argument\]\nPaths are relative to the program's folder\.$/,
    ],
    ["under a file", () => join(files.make("x"), "y"), /^there is no file /],
    ["a folder", () => files.dir, /is a folder, not a file \[invalid-argument\]\nUse the path of the file in it\.$/],
    [
      "empty",
      () => files.make(""),
      /is empty \[invalid-argument\]\nCheck whether its download or build was interrupted\.$/,
    ],
    ["a device", () => "/dev/null", /^\/dev\/null is not a regular file \[invalid-argument\]/],
    [
      "a link to nothing",
      () => (symlinkSync("gone", join(files.dir, "link")), join(files.dir, "link")),
      /^there is no file /,
    ],
    [
      "a link to itself",
      () => (symlinkSync("loop", join(files.dir, "loop")), join(files.dir, "loop")),
      /^.*loop cannot be read: ELOOP/,
    ],
  ])("that is %s is told so", async (_name, path, message) => {
    expect((await failure(fileContent(path()))).message).toMatch(message);
  });

  it("is told as it was written and where that led", async () => {
    const { message } = await failure(fileContent("./none.iso"));
    expect(message).toContain(`there is no file ./none.iso (${join(process.cwd(), "none.iso")}) [invalid-argument]`);
  });

  it("that may not be read is told so", async () => {
    const denied = Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });
    vi.spyOn(promises, "open").mockRejectedValue(denied);
    const path = files.make("x");
    expect((await failure(fileContent(path))).message).toContain(
      `this user has no permission to read ${path} [invalid-argument]\nGrant this user read permission.`,
    );
  });

  it("is closed when whoever reads it gives up, or never begins", async () => {
    const content = await fileContent(files.make(Buffer.alloc(4 * mebibyte)));
    const { stream } = await content.open();
    for await (const chunk of stream) if (chunk.length > 0) break;
    const untouched = (await content.open()).stream;
    expect(files.open()).not.toEqual([]);
    untouched.destroy();
    await vi.waitFor(() => expect(files.open()).toEqual([]));
  });

  describe("that the disk fails to read", () => {
    const rejections: unknown[] = [];
    const note = (reason: unknown): void => void rejections.push(reason);
    beforeEach(() => {
      rejections.length = 0;
      process.on("unhandledRejection", note);
      return () => void process.off("unhandledRejection", note);
    });

    /** The second read of each file fails, as on a broken disk or a share that went away. */
    function breakReads(): void {
      const open = promises.open;
      vi.spyOn(promises, "open").mockImplementation(async (...args) => {
        const file = await open(...args);
        const read = file.read.bind(file) as (...given: unknown[]) => Promise<unknown>;
        let reads = 0;
        const failing = (...given: unknown[]): Promise<unknown> =>
          reads++ === 1 ? Promise.reject(new Error("EIO: i/o error, read")) : read(...given);
        return Object.assign(file, { read: failing });
      });
    }

    it("has no hash", async () => {
      breakReads();
      const path = files.make(Buffer.alloc(mebibyte));
      expect((await failure(fileContent(path))).message).toContain(`${path} cannot be read: EIO`);
    });

    it("is an error for whoever reads it, however late they read on", async () => {
      const content = await fileContent(files.make(Buffer.alloc(4 * mebibyte)));
      breakReads();
      const { stream } = await content.open();
      const read = async (): Promise<void> => {
        for await (const chunk of stream) await new Promise((resolve) => setTimeout(resolve, chunk.length && 30));
      };
      expect((await failure(read())).message).toContain("cannot be read: EIO");
      expect(rejections).toEqual([]);
    });
  });
});
