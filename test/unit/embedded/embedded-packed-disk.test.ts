// The disk in an image that the embedded daemon makes of a machine: qemu-img finds in it what the guest has written.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, type TestContext } from "vitest";
import { packDisk } from "../../../embedded/images/disk";

const run = promisify(execFile);

describe("a simulated machine's disk", () => {
  let dir = "";
  beforeAll(async () => void (dir = await mkdtemp(join(tmpdir(), "embedded-disk-"))));
  afterAll(() => rm(dir, { recursive: true, force: true }));

  /** What is in it, without the zeros behind. */
  async function content({ skip }: TestContext, note: string, isWritten: boolean): Promise<string> {
    const tool = await run("qemu-img", ["--version"]).catch(() => undefined);
    if (tool === undefined) skip("no disk can be looked at without qemu-img: apt-get install qemu-utils");
    await writeFile(join(dir, "disk"), packDisk(note, isWritten));
    await run("qemu-img", ["check", "-f", "qcow2", "disk"], { cwd: dir });
    await run("qemu-img", ["convert", "-f", "qcow2", "-O", "raw", "disk", "raw"], { cwd: dir });
    const { stdout } = await run("cat", ["raw"], { cwd: dir });
    return stdout.replace(/\0+$/, "");
  }

  it.for(["short", "x".repeat(1500)])("has what was written", async (note, context) => {
    expect(await content(context, note, true)).toBe(note);
  });

  it("is empty when nothing was", async (context) => {
    expect(await content(context, "a note", false)).toBe("");
  });
});
