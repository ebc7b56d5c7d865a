// A file that a source names: on this machine, or on a web server and pinned by a checksum.
import { basename } from "node:path";
import { type Content } from "./content";
import { fileContent } from "./local-file/file";
import { reader } from "./progress";
import { type Place } from "./recognition/words";
import { type WrittenChecksum } from "./url/checksum";
import { redactedText } from "./url/redacted-url";
import { fileNameOf, parseSourceUrl } from "./url/source-url";
import { urlContent } from "./url/url-content";

export interface WebFile {
  url: string;
  checksum?: WrittenChecksum | undefined;
  trigger?: string | undefined;
}

/** A path, or a file on a web server. */
export type SourceFile = string | WebFile;

export interface NamedContent extends Content {
  readonly fileName: string;
}

/** The call that reads the file: shows its progress, and can cancel it. */
export interface Call {
  status: (text: string) => void;
  signal: AbortSignal;
}

export function isOnWeb(file: SourceFile): file is WebFile {
  return typeof file === "object";
}

/** A local file is hashed; of a web server at most the checksum list is requested. */
export async function sourceContent(file: SourceFile, call: Call): Promise<NamedContent> {
  if (!isOnWeb(file)) return fileContent(file, reader(call, `hashing ${file}`));
  const { url, checksum } = file;
  const content = await urlContent({ urls: [url], checksum }, { signal: call.signal });
  return Object.assign(content, { fileName: sourceName(file) });
}

/** The last part of the path, as far as there is one. */
export function sourceName(file: SourceFile): string {
  return basename(isOnWeb(file) ? (fileNameOf(parseSourceUrl(file.url)) ?? "image") : file);
}

/** For messages. */
export function sourcePlace(file: SourceFile): Place {
  return isOnWeb(file) ? { name: redactedText(file.url), isOnWeb: true } : { name: file };
}
