// The hash of a local file: made once, remembered while the file is unchanged, never wrong.
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { fileContent } from "../../../provider/content/local-file/file";
import { countOpens, LocalFiles, mebibyte, settle, sha256 } from "./local-files";

vi.mock(import("node:fs/promises"), async (original) => ({ ...(await original()) }));

const files = LocalFiles.use();

describe("an unchanged file", () => {
  it("is not opened again, so no byte of it is read", async () => {
    const path = files.make("content");
    settle();
    const first = await fileContent(path);
    const opens = countOpens();
    const second = await fileContent(path);
    expect(second.digest).toBe(first.digest);
    expect(opens.paths).toEqual([]);
  });

  it("is known by whatever path leads to it", async () => {
    const path = files.make("content");
    settle();
    await fileContent(path);
    symlinkSync("a.iso", join(files.dir, "link.iso"));
    const opens = countOpens();
    await fileContent(join(files.dir, "link.iso"));
    expect(opens.paths).toEqual([]);
  });

  it("is read once for all who ask at the same time", async () => {
    const path = files.make(Buffer.alloc(2 * mebibyte));
    const opens = countOpens();
    const all = await Promise.all([fileContent(path), fileContent(path), fileContent(path)]);
    expect(new Set(all.map(({ digest }) => digest)).size).toBe(1);
    expect(opens.paths).toEqual([path]);
  });
});

describe("a changed file", () => {
  it("of the same size is hashed anew", async () => {
    const path = files.make("content");
    settle();
    expect((await fileContent(path)).digest).toBe(`sha256:${sha256("content")}`);
    writeFileSync(path, "CONTENT");
    expect((await fileContent(path)).digest).toBe(`sha256:${sha256("CONTENT")}`);
  });

  it("of the same size and time of change is hashed anew", async () => {
    const path = files.make("content");
    settle();
    await fileContent(path);
    const { atime, mtime } = statSync(path);
    writeFileSync(path, "CONTENT");
    utimesSync(path, atime, mtime);
    expect((await fileContent(path)).digest).toBe(`sha256:${sha256("CONTENT")}`);
  });

  it("that another file was put in place of is hashed anew", async () => {
    const path = files.make("content");
    settle();
    await fileContent(path);
    const { atime, mtime } = statSync(path);
    utimesSync(files.make("CONTENT", "other.iso"), atime, mtime);
    renameSync(join(files.dir, "other.iso"), path);
    expect((await fileContent(path)).digest).toBe(`sha256:${sha256("CONTENT")}`);
  });

  it("is not confused with what it was a moment ago: a fresh hash is not remembered", async () => {
    const path = files.make("content");
    await fileContent(path);
    const opens = countOpens();
    await fileContent(path);
    expect(opens.paths).toEqual([path]);
  });

  it("was fresh when its hash began, even if the hash took long", async () => {
    const path = files.make("content");
    const opens = countOpens();
    await fileContent(path, { report: settle });
    await fileContent(path);
    expect(opens.paths).toEqual([path, path]);
  });
});

describe("a hash that was remembered", () => {
  it("is forgotten when its entry is damaged", async () => {
    const path = files.make("content");
    settle();
    await fileContent(path);
    const folder = join(files.dir, "cache/pulumi-lxd/sha256");
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
    mkdirSync(join(files.dir, "cache"));
    writeFileSync(join(files.dir, "cache/pulumi-lxd"), "in the way");
    const path = files.make("content");
    settle();
    const opens = countOpens();
    await fileContent(path);
    expect((await fileContent(path)).digest).toBe(`sha256:${sha256("content")}`);
    expect(opens.paths).toEqual([path, path]);
  });
});
