// The content of a file in a guest: text, bytes or a local file, identified by its hash.
import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import * as z from "zod";
import { type Content } from "../../../content/content";
import { expandPath, fileContent } from "../../../content/local-file/file";
import { name, strict, tagged } from "../../../kind/schema";

export type FileContent = { text: string } | { base64: string } | { file: string };

export interface GuestFile {
  path: string;
  content: FileContent;
  /** Octal, e.g. `0644`. */
  mode: string;
  uid: number;
  gid: number;
  /** `sha256:…` of the content. */
  digest: string;
}

export const fileContentSchema = tagged<FileContent>({
  text: strict({ text: z.string() }),
  base64: strict({ base64: z.base64() }),
  file: strict({ file: name }),
});

/** The bytes with their hash and size. */
export async function contentOf(
  content: FileContent,
  signal: AbortSignal | undefined,
): Promise<Pick<Content, "digest" | "open">> {
  if ("text" in content) return inMemory(Buffer.from(content.text, "utf8"));
  if ("base64" in content) return inMemory(Buffer.from(content.base64, "base64"));
  // An empty file needs no check here.
  const stats = await stat(expandPath(content.file)).catch(() => undefined);
  return stats?.isFile() === true && stats.size === 0
    ? inMemory(Buffer.alloc(0))
    : fileContent(content.file, { signal });
}

function inMemory(bytes: Buffer): Pick<Content, "digest" | "open"> {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const sizeBytes = bytes.length;
  const received = Promise.resolve({ sha256, sizeBytes });
  return {
    digest: `sha256:${sha256}`,
    open: () => Promise.resolve({ stream: Readable.from(sizeBytes === 0 ? [] : [bytes]), sizeBytes, received }),
  };
}
