// Exports the bytes of an image: one file, or metadata and root separately.
import { type Client } from "../client/core/client";
import { boundaryOf, partsOf } from "../client/core/multipart";
import { path } from "../client/transport/paths";
import { type HttpReply } from "../client/transport/transport";
import { LxdError } from "../../base/errors";
import { type ImageAddress } from "./images";

/** `rootfs.img` is the root of a virtual machine. */
export type ImageRole = "unified" | "metadata" | "rootfs" | "rootfs.img";

export interface ImagePart {
  role: ImageRole;
  /** The server's name for the file, without directories. */
  fileName: string;
  /** Must be read to its end before the next part is requested. */
  body: AsyncIterable<Buffer>;
}

export async function* exportImage(
  client: Client,
  { project, fingerprint }: ImageAddress,
): AsyncGenerator<ImagePart, void> {
  const exportPath = path("images", fingerprint, "export");
  const { headers, body } = await client.open(exportPath, { project });
  // The reader gets the error; an error after it has given up concerns nobody.
  body.on("error", () => undefined);
  try {
    yield* partsIn(headers, explained(client, body as AsyncIterable<Buffer>, exportPath), fingerprint);
  } finally {
    body.destroy();
  }
}

/** The received bytes have another hash than the requested image. */
export function otherImage(fingerprint: string, found: string, advice?: string): LxdError {
  const why = `what the server sent is not the image ${fingerprint}: its fingerprint is ${found}`;
  return new LxdError({ code: "content-mismatch", why, advice });
}

async function* partsIn(
  headers: HttpReply["headers"],
  chunks: AsyncIterable<Buffer>,
  fingerprint: string,
): AsyncGenerator<ImagePart, void> {
  const boundary = boundaryOf(String(headers["content-type"]));
  if (boundary === undefined) {
    const named = /filename="?([^";]+)/.exec(String(headers["content-disposition"]))?.[1];
    yield { role: "unified", fileName: safeName(named ?? fingerprint), body: chunks };
    return;
  }
  for await (const { name, fileName, body } of partsOf(chunks, boundary)) {
    yield { role: roleOf(name), fileName: safeName(fileName), body };
  }
}

function roleOf(name: string): ImageRole {
  if (name === "metadata" || name === "rootfs" || name === "rootfs.img") return name;
  throw new LxdError({ code: "failed", why: `the daemon's export has an unknown part "${name}"` });
}

/** A name from another machine becomes part of a local path. */
function safeName(name: string): string {
  if (/^[\w-][\w.-]*$/.test(name)) return name;
  throw new LxdError({
    code: "failed",
    why: `the daemon sent an image file with the unexpected name ${JSON.stringify(name)}`,
  });
}

async function* explained(client: Client, body: AsyncIterable<Buffer>, from: string): AsyncGenerator<Buffer> {
  try {
    yield* body;
  } catch (error) {
    throw client.transport.explain(error, { method: "GET", path: from });
  }
}
