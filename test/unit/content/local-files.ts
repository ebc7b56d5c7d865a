// Files in a folder of a test's own, with a cache of its own, and a look at which of them are open.
import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import * as promises from "node:fs/promises";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, vi } from "vitest";

export const mebibyte = 1024 * 1024;

export const sha256 = (bytes: Buffer | string): string => createHash("sha256").update(bytes).digest("hex");

/** Makes the clock go ahead of the file's times, which then tell every later change: only then a hash is remembered. */
export function settle(): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 10_000 });
}

/** Counts the files that are opened, which is what reading them takes. Needs a mock of `node:fs/promises`. */
export function countOpens(): { paths: string[] } {
  const paths: string[] = [];
  const open = promises.open;
  vi.spyOn(promises, "open").mockImplementation((path, ...rest) => {
    paths.push(String(path));
    return open(path, ...rest);
  });
  return { paths };
}

/** A folder for each test of a suite. */
export class LocalFiles {
  dir = "";
  readonly #dirs: string[] = [];

  static use(): LocalFiles {
    const files = new LocalFiles();
    beforeEach(() => files.#begin());
    afterEach(() => {
      vi.restoreAllMocks();
      vi.useRealTimers();
      vi.unstubAllEnvs();
    });
    afterAll(() => files.#dirs.forEach((each) => rmSync(each, { recursive: true })));
    return files;
  }

  make(bytes: Buffer | string, name = "a.iso"): string {
    const path = join(this.dir, name);
    writeFileSync(path, bytes);
    return path;
  }

  /** Those of the folder that this process has open. */
  open(): string[] {
    return readdirSync("/proc/self/fd").flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/self/fd/${fd}`)].filter((path) => path.startsWith(this.dir));
      } catch {
        return [];
      }
    });
  }

  #begin(): void {
    this.dir = mkdtempSync(join(tmpdir(), "lxd-file-"));
    this.#dirs.push(this.dir);
    vi.stubEnv("XDG_CACHE_HOME", join(this.dir, "cache"));
  }
}
