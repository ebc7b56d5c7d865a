// Downloads an image to files, which get their names only when they are complete and verified.
import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { exportImage, type ImagePart, type ImageRole, otherImage } from "../../provider/lxd/api/image-export";
import { type WireImage } from "../../provider/lxd/api/images";
import { type Client } from "../../provider/lxd/client/core/client";
import { type ReportBytes } from "../../provider/content/content";

export interface ImageFile {
  role: ImageRole;
  fileName: string;
  path: string;
  sha256: string;
  sizeBytes: number;
  /** The first bytes, which identify the format. */
  head: Buffer;
}

export interface Fetching {
  client: Client;
  project: string;
  image: WireImage;
  /** The final directory: files are written next to it, so that they can be moved there atomically. */
  folder: string;
  report: ReportBytes;
  /** Called with the name of each file before it is written; throws to reject it. */
  accept?: (part: Pick<ImagePart, "role" | "fileName">) => void;
}

/** Passes the files of an image to `work` and deletes those that it has not moved away afterwards. */
export async function withImageFiles<T>(
  fetching: Fetching,
  use: (files: ImageFile[], temporary: string) => Promise<T>,
): Promise<T> {
  const temporary = await mkdtemp(join(fetching.folder, ".pulumi-lxd-"));
  // Node exits immediately on these signals, which would leave incomplete files behind.
  const give = (): never => {
    rmSync(temporary, { recursive: true, force: true });
    process.exit(130);
  };
  process.once("SIGINT", give).once("SIGTERM", give);
  try {
    return await use(await fetchFiles(fetching, temporary), temporary);
  } finally {
    process.off("SIGINT", give).off("SIGTERM", give);
    await rm(temporary, { recursive: true, force: true });
  }
}

async function fetchFiles(fetching: Fetching, temporary: string): Promise<ImageFile[]> {
  const { client, project, image, report, accept } = fetching;
  const whole = createHash("sha256");
  const files: ImageFile[] = [];
  let done = 0;
  for await (const part of exportImage(client, { project, fingerprint: image.fingerprint })) {
    accept?.(part);
    const write = (chunk: Buffer): void => {
      whole.update(chunk);
      report((done += chunk.length), image.size);
    };
    files.push(await save(part, join(temporary, part.fileName), write));
  }
  const found = whole.digest("hex");
  if (found === image.fingerprint) return files;
  const advice = "Nothing was written. The image is damaged on the daemon: delete it there and import it again.";
  throw otherImage(image.fingerprint, found, advice);
}

const headBytes = 16;

async function save(part: ImagePart, path: string, passed: (chunk: Buffer) => void): Promise<ImageFile> {
  const { role, fileName, body } = part;
  const hash = createHash("sha256");
  let head = Buffer.alloc(0);
  let sizeBytes = 0;
  const file = await open(path, "wx");
  try {
    for await (const chunk of body) {
      if (head.length < headBytes) head = Buffer.concat([head, chunk.subarray(0, headBytes - head.length)]);
      hash.update(chunk);
      passed(chunk);
      sizeBytes += chunk.length;
      await file.writeFile(chunk);
    }
    // Before the rename, so that a power failure leaves no empty file of that name.
    await file.sync();
  } finally {
    await file.close();
  }
  return { role, fileName, path, sha256: hash.digest("hex"), sizeBytes, head };
}
