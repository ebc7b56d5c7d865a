// Resolves a checksum input to a digest, from a list if necessary.
import { readFile } from "node:fs/promises";
import { LxdError } from "../../base/errors";
import { type Digest } from "../content";
import { expandPath } from "../local-file/file";
import { type Checksum, type ListPlace, parseChecksum, type WrittenChecksum } from "./checksum";
import { findInList, parseChecksumList } from "./checksum-list";
import { fetchBytes } from "./fetch-text";
import { redactedUrl } from "./redacted-url";
import { fileNameOf, parseSourceUrl, pathSegments } from "./source-url";
import { verifiedText } from "./signature/verify";
import { type DownloadSettings } from "./transport";

/**
 * The digest for a checksum. A value needs no request; in a list, the entry is found by the file name of the first URL.
 */
export async function resolveChecksum(
  checksum: WrittenChecksum,
  urls: readonly string[],
  settings: DownloadSettings = {},
): Promise<Digest> {
  return digestFor(parseChecksum(checksum), urls.map(parseSourceUrl), settings);
}

/** The same for a parsed checksum. */
export async function digestFor(checksum: Checksum, urls: readonly URL[], settings: DownloadSettings): Promise<Digest> {
  if (checksum.kind === "value") return checksum.digest;
  const place = checksum.kind === "list-url" ? redactedUrl(checksum.url) : checksum.path;
  try {
    const desired = requestedPath(urls);
    const list = await bytesAt(checksum, settings, checksum.signed !== undefined);
    const text =
      checksum.signed === undefined ? list.toString("utf8") : await signedText(list, checksum.signed, settings);
    return findInList(parseChecksumList(text), desired);
  } catch (error) {
    throw LxdError.from(error).during(`look up the checksum in ${place}`);
  }
}

/** Only the part of the list that the publisher signed. */
async function signedText(
  list: Buffer,
  { place, publicKey }: { place: ListPlace | undefined; publicKey: string },
  settings: DownloadSettings,
): Promise<string> {
  const signature = place === undefined ? undefined : await signatureAt(place, settings);
  return verifiedText({ list, signature, publicKey });
}

async function signatureAt(place: ListPlace, settings: DownloadSettings): Promise<Buffer> {
  const name = place.kind === "list-url" ? redactedUrl(place.url) : place.path;
  return bytesAt(place, settings, true).catch((error: unknown) => {
    throw LxdError.from(error).during(`read the signature ${name}`);
  });
}

async function bytesAt(place: ListPlace, settings: DownloadSettings, mayLeaveTls: boolean): Promise<Buffer> {
  if (place.kind === "list-path") return readList(place.path);
  return fetchBytes(place.url, { maxBytes: listMaxBytes, what: "a list of checksums", mayLeaveTls }, settings);
}

/**
 * Whether a checksum is resolved at each check, as for a list on disk, which is as cheap as a local source. A list on a
 * web server is fetched only when the source, the list or the `trigger` differs from the last run; see decision record
 * 7.
 */
export function isLocalList(written: WrittenChecksum | undefined): boolean {
  const checksum = parseChecksum(written);
  return checksum.kind === "list-path" && checksum.signed?.place?.kind !== "list-url";
}

function requestedPath([first]: readonly URL[]): string[] {
  if (first !== undefined && fileNameOf(first) !== undefined) return pathSegments(first);
  throw new LxdError({
    code: "invalid-argument",
    why: `the URL ${first === undefined ? "" : `${redactedUrl(first)} `}has no file name to look up`,
    advice: "Set the checksum itself, as sha256:<hex>.",
  });
}

async function readList(given: string): Promise<Buffer> {
  const path = expandPath(given);
  try {
    return await readFile(path);
  } catch (error) {
    const isAbsent = error instanceof Error && "code" in error && error.code === "ENOENT";
    const why = isAbsent ? `there is no file ${path}` : LxdError.from(error).details.why;
    const advice = "A checksum is sha256:<hex>, sha512:<hex>, or the path or https:// URL of a list of checksums.";
    throw new LxdError({ code: isAbsent ? "not-found" : "failed", why, advice, cause: error });
  }
}

/** Checksum lists are small; a larger file is not a list. */
const listMaxBytes = 4 * 1024 * 1024;
