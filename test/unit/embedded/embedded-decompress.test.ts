// Files of images that the embedded daemon unpacks.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { detectFormat } from "../../../embedded/images/decompress";

it("fail with the reason when they are gone before they are read, as after a kill", async () => {
  const dir = mkdtempSync(join(tmpdir(), "pulumi-lxd-decompress-"));
  const path = join(dir, "image");
  writeFileSync(path, gzipSync("some bytes"));
  const format = await detectFormat(path);
  expect((await buffer(format.open(path))).toString()).toBe("some bytes");
  rmSync(dir, { recursive: true });
  await expect(buffer(format.open(path))).rejects.toThrow("ENOENT");
});
