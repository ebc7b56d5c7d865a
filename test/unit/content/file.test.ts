// A local file: hashed once, never read again while it is unchanged, and never sent as a whole when it changes.
import { createHash } from "node:crypto";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { readlinkSync, statSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import * as promises from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { expandPath, fileContent } from "../../../provider/content/file";
import { LxdError } from "../../../provider/errors";
import { bytesOf } from "./bytes-of";

vi.mock(import("node:fs/promises"), async (original) => ({ ...(await original()) }));

const mebibyte = 1024 * 1024;
const dirs: string[] = [];
let dir: string;
const cacheHome = process.env["XDG_CACHE_HOME"];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "lxd-file-"));
  dirs.push(dir);
  process.env["XDG_CACHE_HOME"] = join(dir, "cache");
});
afterEach(() => {
  vi.restoreAllMocks();
  if (cacheHome === undefined) delete process.env["XDG_CACHE_HOME"];
  else process.env["XDG_CACHE_HOME"] = cacheHome;
});
afterAll(() => dirs.forEach((each) => rmSync(each, { recursive: true })));

const sha256 = (bytes: Buffer | string): string => createHash("sha256").update(bytes).digest("hex");

function make(bytes: Buffer | string, name = "a.iso"): string {
  const path = join(dir, name);
  writeFileSync(path, bytes);
  return path;
}

/** Makes the clock go ahead of the file's times, which then tell every later change: only then a hash is remembered. */
function settle(): void {
  const now = Date.now.bind(Date);
  vi.spyOn(Date, "now").mockImplementation(() => now() + 10_000);
}

/** Counts the files that are opened, which is what reading them takes. */
function countOpens(): { paths: string[] } {
  const paths: string[] = [];
  const open = promises.open;
  vi.spyOn(promises, "open").mockImplementation((path, ...rest) => {
    paths.push(String(path));
    return open(path, ...rest);
  });
  return { paths };
}

async function failure(work: Promise<unknown>): Promise<LxdError> {
  const thrown: unknown = await work.then(
    () => expect.fail("did not fail"),
    (reason: unknown) => reason,
  );
  expect(thrown).toBeInstanceOf(LxdError);
  return thrown as LxdError;
}

function openFiles(): string[] {
  return readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      return [readFileLink(fd)].filter((path) => path.startsWith(dir));
    } catch {
      return [];
    }
  });
}
const readFileLink = (fd: string): string => readlinkSync(`/proc/self/fd/${fd}`);

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
    const content = await fileContent(make(bytes));
    expect(content).toMatchObject({
      digest: `sha256:${sha256(bytes)}`,
      sizeBytes: bytes.length,
      fileName: "a.iso",
      path: join(dir, "a.iso"),
    });
    const { stream, sizeBytes, received } = await content.open();
    expect(sizeBytes).toBe(bytes.length);
    expect((await bytesOf(stream)).equals(bytes)).toBe(true);
    expect(await received).toEqual({ sha256: sha256(bytes), sizeBytes: bytes.length });
    await vi.waitFor(() => expect(openFiles()).toEqual([]));
  });

  it("may be a link", async () => {
    make("x", "real.iso");
    symlinkSync("real.iso", join(dir, "link.iso"));
    expect((await fileContent(join(dir, "link.iso"))).digest).toBe(`sha256:${sha256("x")}`);
  });

  it("tells how far its hash has come", async () => {
    const seen: [number, number | undefined][] = [];
    await fileContent(make(Buffer.alloc(3 * mebibyte)), (done, total) => seen.push([done, total]));
    expect(seen.at(-1)).toEqual([3 * mebibyte, 3 * mebibyte]);
    expect(seen.length).toBeGreaterThan(1);
  });

  it.each([
    [
      "not there",
      () => join(dir, "none"),
      /^there is no file .*none \[invalid-argument\]\nPaths are relative to the program's folder\.$/,
    ],
    ["under a file", () => join(make("x"), "y"), /^there is no file /],
    ["a folder", () => dir, /is a folder, not a file \[invalid-argument\]\nName the file in it\.$/],
    ["empty", () => make(""), /is empty \[invalid-argument\]\nWas its download or build cut short\?$/],
    ["a device", () => "/dev/null", /^\/dev\/null is no regular file \[invalid-argument\]/],
    ["a link to nothing", () => (symlinkSync("gone", join(dir, "link")), join(dir, "link")), /^there is no file /],
    [
      "a link to itself",
      () => (symlinkSync("loop", join(dir, "loop")), join(dir, "loop")),
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
    expect((await failure(fileContent(make("x")))).message).toContain(
      "may not be read by this user [invalid-argument]\nGive this user the right to read it.",
    );
  });

  it("is closed when whoever reads it gives up, or never begins", async () => {
    const content = await fileContent(make(Buffer.alloc(4 * mebibyte)));
    const { stream } = await content.open();
    for await (const chunk of stream) if (chunk.length > 0) break;
    const untouched = (await content.open()).stream;
    expect(openFiles()).not.toEqual([]);
    untouched.destroy();
    await vi.waitFor(() => expect(openFiles()).toEqual([]));
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
      const path = make(Buffer.alloc(mebibyte));
      expect((await failure(fileContent(path))).message).toContain(`${path} cannot be read: EIO`);
    });

    it("is an error for whoever reads it, however late they read on", async () => {
      const content = await fileContent(make(Buffer.alloc(4 * mebibyte)));
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

describe("an unchanged file", () => {
  it("is not opened again, so no byte of it is read", async () => {
    const path = make("content");
    settle();
    const first = await fileContent(path);
    const opens = countOpens();
    const second = await fileContent(path);
    expect(second.digest).toBe(first.digest);
    expect(opens.paths).toEqual([]);
  });

  it("is known by whatever path leads to it", async () => {
    const path = make("content");
    settle();
    await fileContent(path);
    symlinkSync("a.iso", join(dir, "link.iso"));
    const opens = countOpens();
    await fileContent(join(dir, "link.iso"));
    expect(opens.paths).toEqual([]);
  });

  it("is read once for all who ask at the same time", async () => {
    const path = make(Buffer.alloc(2 * mebibyte));
    const opens = countOpens();
    const all = await Promise.all([fileContent(path), fileContent(path), fileContent(path)]);
    expect(new Set(all.map(({ digest }) => digest)).size).toBe(1);
    expect(opens.paths).toEqual([path]);
  });
});

describe("a changed file", () => {
  it("of the same size is hashed anew", async () => {
    const path = make("content");
    settle();
    expect((await fileContent(path)).digest).toBe(`sha256:${sha256("content")}`);
    writeFileSync(path, "CONTENT");
    expect((await fileContent(path)).digest).toBe(`sha256:${sha256("CONTENT")}`);
  });

  it("of the same size and time of change is hashed anew", async () => {
    const path = make("content");
    settle();
    await fileContent(path);
    const { atime, mtime } = statSync(path);
    writeFileSync(path, "CONTENT");
    utimesSync(path, atime, mtime);
    expect((await fileContent(path)).digest).toBe(`sha256:${sha256("CONTENT")}`);
  });

  it("that another file was put in place of is hashed anew", async () => {
    const path = make("content");
    settle();
    await fileContent(path);
    const { atime, mtime } = statSync(path);
    utimesSync(make("CONTENT", "other.iso"), atime, mtime);
    renameSync(join(dir, "other.iso"), path);
    expect((await fileContent(path)).digest).toBe(`sha256:${sha256("CONTENT")}`);
  });

  it("is not confused with what it was a moment ago: a fresh hash is not remembered", async () => {
    const path = make("content");
    await fileContent(path);
    const opens = countOpens();
    await fileContent(path);
    expect(opens.paths).toEqual([path]);
  });

  it("was fresh when its hash began, even if the hash took long", async () => {
    const path = make("content");
    const opens = countOpens();
    await fileContent(path, settle);
    await fileContent(path);
    expect(opens.paths).toEqual([path, path]);
  });
});

describe("a hash that was remembered", () => {
  it("is forgotten when its entry is damaged", async () => {
    const path = make("content");
    settle();
    await fileContent(path);
    const folder = join(dir, "cache/pulumi-lxd/sha256");
    const [entry = ""] = readdirSync(folder);
    for (const damage of [
      "",
      "{}",
      '{"identity":"x"}',
      "null",
      readFileSync(join(folder, entry), "utf8").slice(0, 30),
    ]) {
      writeFileSync(join(folder, entry), damage);
      expect((await fileContent(path)).digest).toBe(`sha256:${sha256("content")}`);
    }
  });

  it("is not needed: where the cache cannot be written, the file is hashed each time", async () => {
    mkdirSync(join(dir, "cache"));
    writeFileSync(join(dir, "cache/pulumi-lxd"), "in the way");
    const path = make("content");
    settle();
    const opens = countOpens();
    await fileContent(path);
    expect((await fileContent(path)).digest).toBe(`sha256:${sha256("content")}`);
    expect(opens.paths).toEqual([path, path]);
  });
});

describe("a file that changes while it is read", () => {
  const changed = /changed while it was read \[content-mismatch\]\nLet whatever writes it finish/;
  const changes: [string, (path: string) => void][] = [
    ["grows", (path) => appendFileSync(path, "more")],
    ["shrinks", (path) => truncateSync(path, mebibyte)],
    ["is cut to nothing", (path) => truncateSync(path, 0)],
    ["is overwritten", (path) => writeFileSync(path, Buffer.alloc(8 * mebibyte, "b"))],
  ];

  it.each(changes)("and %s has no hash", async (_name, change) => {
    const path = make(Buffer.alloc(8 * mebibyte, "a"));
    let done = false;
    const report = (): void => {
      if (!done) change(path);
      done = true;
    };
    expect((await failure(fileContent(path, report))).message).toMatch(changed);
  });

  it.each(changes)("and %s is not streamed to its end", async (_name, change) => {
    const path = make(Buffer.alloc(8 * mebibyte, "a"));
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
    await vi.waitFor(() => expect(openFiles()).toEqual([]));
  });

  it("between its hash and its upload is not streamed at all", async () => {
    const path = make("content");
    const content = await fileContent(path);
    writeFileSync(path, "CONTENT");
    expect((await failure(content.open())).message).toMatch(changed);
    expect(openFiles()).toEqual([]);
  });
});
