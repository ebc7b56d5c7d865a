// Opens a tarball by its first bytes: plain and gzip in this process, other compressions through external tools.
import { spawn } from "node:child_process";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";

import { failed } from "../errors";

interface Format {
  /** Extension of an exported file's name. */
  suffix: string;
  magic: Buffer;
  offset?: number;
  open: (path: string) => Readable;
}

/** The standard output of a tool that decompresses a file. */
function through(tool: string): (path: string) => Readable {
  return (path) => {
    const child = spawn(tool, ["-dc", path], { stdio: ["ignore", "pipe", "ignore"] });
    child.once("error", () => child.stdout.destroy(failed(`exec: "${tool}": executable file not found in $PATH`)));
    return child.stdout;
  };
}

/** Also fails with the file's error if a killed daemon loses its folder meanwhile. */
function gunzip(path: string): Readable {
  return pipeline(createReadStream(path), createGunzip(), () => undefined);
}

const FORMATS: readonly Format[] = [
  { suffix: ".tar.gz", magic: Buffer.from([0x1f, 0x8b]), open: gunzip },
  { suffix: ".tar.xz", magic: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]), open: through("xz") },
  { suffix: ".tar.zst", magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), open: through("zstd") },
  { suffix: ".tar.bz2", magic: Buffer.from("BZh"), open: through("bzip2") },
  { suffix: ".tar.lz4", magic: Buffer.from([0x04, 0x22, 0x4d, 0x18]), open: through("lz4") },
  { suffix: ".tar", magic: Buffer.from("ustar"), offset: 257, open: (path) => createReadStream(path) },
];

async function head(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(512), 0, 512, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The format of a file; throws the daemons' error for an unsupported one. */
export async function detectFormat(path: string): Promise<Format> {
  const start = await head(path);
  if (start.length === 0) throw failed("EOF");
  const isFormat = ({ magic, offset = 0 }: Format) => start.subarray(offset, offset + magic.length).equals(magic);
  const format = FORMATS.find(isFormat);
  if (format === undefined) throw failed("Unsupported compression");
  return format;
}
