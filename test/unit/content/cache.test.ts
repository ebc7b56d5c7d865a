// The cache folder: what is kept there is found again, and where there is none, nothing is lost but time.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { readCache, writeCache } from "../../../provider/content/cache";
import { fileContent } from "../../../provider/content/local-file/file";
import { settle, sha256 } from "./local-files";

vi.mock("node:os", async (original) => ({
  ...(await original<object>()),
  // What Node.js does for a user of whom the system knows no home.
  homedir: () => {
    throw new Error("uv_os_homedir returned ENOENT");
  },
}));

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "pulumi-lxd-cache-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(dir, { recursive: true });
});

it("finds a text again, and leaves no half of one", async () => {
  vi.stubEnv("XDG_CACHE_HOME", dir);
  expect(await readCache("kind/name")).toBeUndefined();
  writeCache("kind/name", "text");
  expect(await readCache("kind/name")).toBe("text");
  expect(readdirSync(join(dir, "pulumi-lxd/kind"))).toEqual(["name"]);
});

it("does without for a user who has no home", async () => {
  vi.stubEnv("XDG_CACHE_HOME", "");
  const path = join(dir, "a.iso");
  writeFileSync(path, "bytes");
  settle();
  expect((await fileContent(path)).digest).toBe(`sha256:${sha256("bytes")}`);
  writeCache("kind/name", "text");
  expect(await readCache("kind/name")).toBeUndefined();
});
