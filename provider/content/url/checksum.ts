// Parses a checksum input: a value, or the location of a list.
import { fileURLToPath } from "node:url";
import { LxdError } from "../../base/errors";
import { type Digest } from "../content";
import { parseSourceUrl } from "./source-url";

/** A list with the signature of its publisher. */
export interface SignedList {
  list: string;
  /** Where the signature is; undefined if the list contains it. */
  signature?: string | undefined;
  /** The text of the publisher's key, or the path of its file. */
  publicKey: string;
}

/** A checksum as the user writes it. */
export type WrittenChecksum = string | SignedList;

export type ListPlace =
  | { kind: "list-url"; url: URL }
  /** The path is relative to the working directory, or starts with `~`. */
  | { kind: "list-path"; path: string };

/** What pins a list that anyone may have replaced. */
interface Signature {
  place: ListPlace | undefined;
  publicKey: string;
}

/** `SHA256SUMS`-style lists on web servers are read over HTTPS, unless they are signed. */
export type Checksum = { kind: "value"; digest: Digest } | (ListPlace & { signed?: Signature });

const digits = { sha256: 64, sha512: 128 } as const;

export type Algorithm = keyof typeof digits;

/**
 * Parses `sha256:<hex>`, `sha512:<hex>`, or the URL or path of a list. Anything that is not an `<algorithm>:` value is
 * a list; the prefix `file:` (`file:./SHA256SUMS`, `file:///srv/SHA256SUMS`) is allowed. A missing checksum is an
 * error.
 */
export function parseChecksum(text: WrittenChecksum | undefined): Checksum {
  if (text === undefined) throw unpinned();
  if (typeof text === "object") return parseSigned(text);
  const value = /^(md\d|sha-?\d+|sha[23]-\d+|blake\w+|crc\w+):(.*)$/is.exec(text.trim());
  if (value !== null) return { kind: "value", digest: parseValue(value[1] ?? "", value[2] ?? "") };
  return parseList(text.trim());
}

function parseSigned({ list, signature, publicKey }: SignedList): Checksum {
  if (/^https?:\/\//.test(publicKey)) {
    throw invalid(
      "checksum.publicKey is a URL: a key that anyone can replace proves nothing",
      "Download it once, verify its fingerprint, and use its text or the path of the file.",
    );
  }
  const place = signature === undefined ? undefined : placeOf(signature);
  return { ...placeOf(list), signed: { place, publicKey } };
}

/** Whether the pin is as trustworthy as the program, however its list was read. */
export function isSelfContained(checksum: Checksum): boolean {
  return checksum.kind === "value" || checksum.signed !== undefined;
}

/** Builds a digest from its parts. */
export function digestOf(algorithm: Algorithm, hex: string): Digest {
  return `${algorithm}:${hex.toLowerCase()}`;
}

/** The accepted algorithm with this number of hex digits. */
export function algorithmOfLength(length: number): Algorithm | undefined {
  if (length === digits.sha256) return "sha256";
  return length === digits.sha512 ? "sha512" : undefined;
}

function parseValue(written: string, hex: string): Digest {
  const algorithm = written.toLowerCase();
  if (algorithm !== "sha256" && algorithm !== "sha512") {
    throw invalid(`${algorithm} is not accepted as a checksum`, "Use sha256:<hex> or sha512:<hex>.");
  }
  if (!/^[0-9a-f]*$/i.test(hex)) {
    throw invalid(`the ${algorithm} checksum has characters that are not hex digits: ${JSON.stringify(hex)}`);
  }
  if (hex.length !== digits[algorithm]) {
    throw invalid(`the ${algorithm} checksum has ${hex.length} hex digits instead of ${digits[algorithm]}`);
  }
  return digestOf(algorithm, hex);
}

function parseList(text: string): Checksum {
  if (text === "") throw invalid("the checksum is empty");
  const algorithm = /^[0-9a-f]+$/i.test(text) ? algorithmOfLength(text.length) : undefined;
  if (algorithm !== undefined) {
    throw invalid("the checksum does not name its algorithm", `Write ${algorithm}:${text.toLowerCase()}.`);
  }
  if (/^[0-9a-f]{32}([0-9a-f]{8})?$/i.test(text)) {
    const algorithm = text.length === 32 ? "MD5" : "SHA-1";
    throw invalid(
      `${text.length} hex digits look like ${algorithm}, which is not accepted as a checksum`,
      "Use sha256:<hex> or sha512:<hex>.",
    );
  }
  const place = placeOf(text);
  if (place.kind === "list-path" || place.url.protocol === "https:") return place;
  throw invalid(
    "a checksum list fetched over http:// gives no protection: an attacker who can replace the file can replace the list",
    "Use an https:// URL for the list, a local copy of it, its signature (checksum: { list, signature, publicKey }), or the checksum itself as sha256:<hex>.",
  );
}

function placeOf(text: string): ListPlace {
  if (/^file:\/\//i.test(text)) return { kind: "list-path", path: pathOfFileUrl(text) };
  const place = text.replace(/^file:/i, "");
  const isUrl = /^[a-z][a-z0-9+.-]*:\/\//i.test(place);
  return isUrl ? { kind: "list-url", url: parseSourceUrl(place) } : { kind: "list-path", path: place };
}

function pathOfFileUrl(text: string): string {
  try {
    return fileURLToPath(text);
  } catch {
    throw invalid(`${JSON.stringify(text)} is not the URL of a local file`, "Use the path of the list instead.");
  }
}

function unpinned(): LxdError {
  return invalid(
    "a URL without a checksum is refused: a change of the content on the server would go unnoticed, " +
      "and silently change what is created from it",
    'Add checksum: "sha256:<hex>", or the https:// URL of the SHA256SUMS file that the publisher provides next to it. ' +
      "For your own file, compute it with sha256sum (Linux), shasum -a 256 (macOS) or Get-FileHash (Windows).",
  );
}

function invalid(why: string, advice?: string): LxdError {
  return new LxdError({ code: "invalid-argument", why, advice });
}
