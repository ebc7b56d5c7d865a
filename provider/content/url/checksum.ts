// Parses a checksum input: a value, or the location of a list.
import { fileURLToPath } from "node:url";
import { LxdError } from "../../base/errors";
import { type Digest } from "../content";
import { parseSourceUrl } from "./source-url";

/** A checksum as the user writes it. */
export type Checksum =
  | { kind: "value"; digest: Digest }
  /** A `SHA256SUMS`-style list on a web server. Always HTTPS: a list that anyone can replace pins nothing. */
  | { kind: "list-url"; url: URL }
  /** The same in a local file; the path is relative to the working directory, or starts with `~`. */
  | { kind: "list-path"; path: string };

const digits = { sha256: 64, sha512: 128 } as const;

export type Algorithm = keyof typeof digits;

/**
 * Parses `sha256:<hex>`, `sha512:<hex>`, or the URL or path of a list. Anything that is not an `<algorithm>:` value is
 * a list; the prefix `file:` (`file:./SHA256SUMS`, `file:///srv/SHA256SUMS`) is allowed. A missing checksum is an
 * error.
 */
export function parseChecksum(text: string | undefined): Checksum {
  if (text === undefined) throw unpinned();
  const value = /^(md\d|sha-?\d+|sha[23]-\d+|blake\w+|crc\w+):(.*)$/is.exec(text.trim());
  if (value !== null) return { kind: "value", digest: parseValue(value[1] ?? "", value[2] ?? "") };
  return parseList(text.trim());
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
  if (/^file:\/\//i.test(text)) return { kind: "list-path", path: pathOfFileUrl(text) };
  const place = text.replace(/^file:/i, "");
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(place) ? parseListUrl(place) : { kind: "list-path", path: place };
}

function parseListUrl(text: string): Checksum {
  const url = parseSourceUrl(text);
  if (url.protocol === "https:") return { kind: "list-url", url };
  throw invalid(
    "a checksum list fetched over http:// gives no protection: an attacker who can replace the file can replace the list",
    "Use an https:// URL for the list, a local copy of it, or the checksum itself as sha256:<hex>.",
  );
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
