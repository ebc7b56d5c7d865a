// Splits the unified image of a virtual machine into two files: clients treat every unified image as a container's.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { LxdError } from "../../provider/base/errors";
import { type ImageFile } from "../images/image-files";

const disk = "rootfs.img";

/** The content stays the same, but the two files have another fingerprint. */
export async function splitMachine(
  [unified]: ImageFile[],
  temporary: string,
): Promise<{ fingerprint: string; parts: ImageFile[] }> {
  if (unified === undefined) throw new LxdError({ code: "failed", why: "the daemon sent no file" });
  const unpacked = join(temporary, "unpacked");
  await mkdir(unpacked);
  await tar("--no-same-owner", "-xf", unified.path, "-C", unpacked);
  const rest = (await readdir(unpacked)).filter((name) => name !== disk).sort();
  const metadata = join(temporary, "metadata.tar");
  // Reproducible except for the times of the files, which are those in the image.
  await tar("--sort=name", "--owner=0", "--group=0", "--numeric-owner", "-cf", metadata, "-C", unpacked, ...rest);
  const whole = createHash("sha256");
  const parts = [
    await inspect({ role: "metadata", fileName: "metadata.tar", path: metadata }, whole.update.bind(whole)),
    await inspect({ role: disk, fileName: "disk.qcow2", path: join(unpacked, disk) }, whole.update.bind(whole)),
  ];
  return { fingerprint: whole.digest("hex"), parts };
}

async function inspect(
  file: Pick<ImageFile, "role" | "fileName" | "path">,
  passed: (chunk: Buffer) => unknown,
): Promise<ImageFile> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  for await (const chunk of createReadStream(file.path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    passed(chunk);
    sizeBytes += chunk.length;
  }
  const handle = await open(file.path);
  const { buffer } = await handle.read(Buffer.alloc(16), 0, 16, 0).finally(() => handle.close());
  return { ...file, sha256: hash.digest("hex"), sizeBytes, head: buffer };
}

async function tar(...args: string[]): Promise<void> {
  try {
    await promisify(execFile)("tar", args);
  } catch (error) {
    const { code, stderr } = error as { code?: string; stderr?: string };
    const why =
      code === "ENOENT"
        ? "splitting a virtual machine's image needs the program tar, which is not on the PATH"
        : `tar cannot split the virtual machine's image: ${stderr?.trim() ?? ""}`;
    throw new LxdError({ code: code === "ENOENT" ? "unsupported" : "failed", why, cause: error });
  }
}
