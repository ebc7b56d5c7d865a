// Builds an upload body from the files of a served image and verifies its fingerprint on the way.
import { createHash, type Hash } from "node:crypto";
import { Readable } from "node:stream";
import { type ImagePart, otherImage } from "../lxd/api/image-export";
import { type Digest, type ReportBytes } from "../content/content";
import { type ImageBody } from "../content/disk-image/image-content";
import { openVerified } from "../content/verified-stream";
import { LxdError } from "../base/errors";

export interface Relayed {
  fingerprint: string;
  /** The file name that the daemon stores. */
  fileName: string;
  report: (done: number) => void;
}

/** Holds at most one chunk: the next one is read when the daemon has received the last. */
export async function relayBody(parts: AsyncGenerator<ImagePart, void>, relayed: Relayed): Promise<ImageBody> {
  const first = await parts.next();
  if (first.done === true) throw new LxdError({ code: "failed", why: "the server sent no image file" });
  return first.value.role === "unified"
    ? { ...tarball(first.value, parts, relayed), contentType: "application/octet-stream" }
    : form(first.value, parts, relayed);
}

function tarball(
  part: ImagePart,
  parts: AsyncGenerator<ImagePart, void>,
  relayed: Relayed,
): Omit<ImageBody, "contentType"> {
  const { fingerprint, report } = relayed;
  const onProgress: ReportBytes = (done) => report(done);
  return openVerified({
    chunks: oneByOne(part, parts),
    digest: `sha256:${fingerprint}`,
    sizeBytes: undefined,
    mismatch: (got: Digest) => mismatch(relayed, got.slice("sha256:".length)),
    doing: "relay the image",
    onProgress,
  });
}

async function* oneByOne(part: ImagePart, parts: AsyncGenerator<ImagePart, void>): AsyncGenerator<Buffer, void> {
  try {
    yield* part.body;
  } finally {
    await parts.return();
  }
}

function form(first: ImagePart, rest: AsyncGenerator<ImagePart, void>, relayed: Relayed): ImageBody {
  const { fingerprint } = relayed;
  const boundary = `pulumi-lxd-${fingerprint.slice(0, 32)}`;
  const chunks = formChunks({ first, rest, boundary }, relayed);
  const stream = Readable.from(chunks, { objectMode: false });
  const received = Promise.resolve({ sha256: fingerprint, sizeBytes: 0 });
  return { stream, sizeBytes: undefined, received, contentType: `multipart/form-data; boundary=${boundary}` };
}

interface Form {
  first: ImagePart;
  rest: AsyncGenerator<ImagePart, void>;
  boundary: string;
}

/** The end of the form is sent only if the fingerprint matches: without it, a daemon stores nothing. */
async function* formChunks({ first, rest, boundary }: Form, relayed: Relayed): AsyncGenerator<Buffer, void> {
  const hash = createHash("sha256");
  let done = 0;
  const pass = (chunk: Buffer): Buffer => {
    hash.update(chunk);
    relayed.report((done += chunk.length));
    return chunk;
  };
  try {
    let part: ImagePart | undefined = first;
    for (let gap = ""; part !== undefined; gap = "\r\n") {
      yield Buffer.from(`${gap}${head(part, boundary, relayed.fileName)}`);
      for await (const chunk of part.body) yield pass(chunk);
      part = (await rest.next()).value ?? undefined;
    }
    requireSame(hash, relayed);
    yield Buffer.from(`\r\n--${boundary}--\r\n`);
  } finally {
    await rest.return();
  }
}

function head({ role }: ImagePart, boundary: string, fileName: string): string {
  const disposition = `form-data; name="${role}"; filename="${fileName}"`;
  return `--${boundary}\r\nContent-Disposition: ${disposition}\r\nContent-Type: application/octet-stream\r\n\r\n`;
}

function requireSame(hash: Hash, relayed: Relayed): void {
  const found = hash.digest("hex");
  if (found !== relayed.fingerprint) throw mismatch(relayed, found);
}

function mismatch({ fingerprint }: Relayed, found: string): LxdError {
  return otherImage(fingerprint, found, "Nothing was stored. Report it to the administrator of the server.");
}
