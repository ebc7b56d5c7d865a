// What is an optical image and what is not, told by the descriptors of both standards.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isIso } from "../../../provider/content/iso-detection";

const sector = 2048;
let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "lxd-optical-"));
});
afterAll(() => rmSync(dir, { recursive: true }));

function file(bytes: Buffer): string {
  const path = join(dir, "x.iso");
  writeFileSync(path, bytes);
  return path;
}

/** An image that has an identifier one byte into one of its sectors. */
function image(identifier: string, at: number, sectors = 40): Buffer {
  const bytes = Buffer.alloc(sectors * sector);
  bytes.write(identifier, at * sector + 1, "latin1");
  return bytes;
}

describe("an optical image", () => {
  it.each([
    ["ISO 9660", "CD001", 16],
    ["ISO 9660 after boot records", "CD001", 18],
    ["UDF", "NSR02", 18],
    ["newer UDF", "NSR03", 19],
  ])("may be %s", async (_name, identifier, at) => expect(await isIso(file(image(identifier, at)))).toBe(true));

  it("may be a hybrid that begins like a disk", async () => {
    const bytes = image("CD001", 16);
    bytes.writeUInt16LE(0xaa55, 510);
    bytes.write("EFI PART", 512, "latin1");
    expect(await isIso(file(bytes))).toBe(true);
  });

  it("may be no longer than its descriptors", async () => {
    expect(await isIso(file(image("CD001", 16, 17)))).toBe(true);
  });

  it.each([
    ["zeros", Buffer.alloc(64 * sector)],
    ["text", Buffer.from("CD001 is what it begins with\n".repeat(4000))],
    ["short", Buffer.from("CD001")],
    ["a descriptor in the wrong place", image("CD001", 15)],
    ["a descriptor too late", image("CD001", 32)],
    ["a descriptor that is cut", image("CD001", 16).subarray(0, 16 * sector + 4)],
  ])("is not %s", async (_name, bytes) => expect(await isIso(file(bytes))).toBe(false));
});
