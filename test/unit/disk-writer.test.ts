// The program that stands for an installer on real machines: its bytes are what its source is assembled to.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { diskWriter } from "../contract/instance/disk-writer";

const run = promisify(execFile);
const source = join(__dirname, "../contract/instance/disk-writer.s");

it("is what its source is assembled to", async ({ skip }) => {
  for (const tool of ["as", "objcopy"]) {
    const found = await run(tool, ["--version"]).catch(() => undefined);
    if (found === undefined) skip(`nothing can be assembled without ${tool}: apt-get install binutils`);
  }
  skip(process.arch !== "x64", `an assembler for ${process.arch} knows no x86-64`);
  const dir = await mkdtemp(join(tmpdir(), "disk-writer-"));
  try {
    await run("as", ["-o", "disk-writer.o", source], { cwd: dir });
    await run("objcopy", ["-O", "binary", "-j", ".text", "disk-writer.o", "disk-writer.efi"], { cwd: dir });
    expect(diskWriter().equals(await readFile(join(dir, "disk-writer.efi")))).toBe(true);
  } finally {
    await rm(dir, { recursive: true });
  }
});
