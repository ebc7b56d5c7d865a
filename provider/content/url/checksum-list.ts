// Parses SHA256SUMS-style lists in their common formats and finds the entry of a file.
import { LxdError } from "../../base/errors";
import { type Digest } from "../content";
import { type Algorithm, algorithmOfLength, digestOf } from "./checksum";

/** One line of a list. */
export interface ListEntry {
  /** As in the list: a name, or a path that ends with one. Empty for a list with a single bare checksum. */
  name: string;
  algorithm: Algorithm;
  digest: Digest;
}

/** The file to find: the decoded segments of its URL path; the last one is its name. */
export type RequestedPath = readonly string[];

/**
 * Parses a list: GNU coreutils (`<hex>  name`, `<hex> *name`), BSD and OpenSSL (`SHA256 (name) = <hex>`), or a single
 * bare `<hex>`. Other lines are skipped: comments, weaker algorithms, and the frame of a PGP-signed list. Its
 * signature is verified before, if the program has a key.
 */
export function parseChecksumList(text: string): ListEntry[] {
  const lines = text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "");
  const bare = lines.length === 1 ? bareEntry(lines[0]?.trim() ?? "") : undefined;
  if (bare !== undefined) return [bare];
  return lines.map((line) => gnuEntry(line) ?? bsdEntry(line)).filter((entry) => entry !== undefined);
}

/**
 * The checksum of the requested file. An entry matches if it ends with the file's name. Of several, the one that shares
 * most of the path wins, and SHA-256 before SHA-512, since volumes are named after SHA-256.
 */
export function findInList(entries: readonly ListEntry[], desired: RequestedPath): Digest {
  const name = desired[desired.length - 1] ?? "";
  const fits = entries.filter((entry) => entry.name === "" || sharedSegments(entry, desired) > 0);
  if (fits.length === 0) throw absent(entries, name);
  const best = Math.max(...fits.map((entry) => rank(entry, desired)));
  const chosen = fits.filter((entry) => rank(entry, desired) === best);
  const algorithm = chosen.some((entry) => entry.algorithm === "sha256") ? "sha256" : "sha512";
  const digests = new Set(chosen.filter((entry) => entry.algorithm === algorithm).map((entry) => entry.digest));
  const [digest, ...others] = digests;
  if (digest === undefined || others.length > 0) throw ambiguous(chosen, name);
  return digest;
}

function bareEntry(line: string): ListEntry | undefined {
  return /^[0-9a-f]+$/i.test(line) ? entryOf("", line) : undefined;
}

function gnuEntry(line: string): ListEntry | undefined {
  const match = /^(\\?)([0-9a-f]+)[ \t]+\*?(\S.*)$/i.exec(line);
  if (match === null) return undefined;
  const [, escaped, hex = "", name = ""] = match;
  return entryOf(escaped === "" ? name : unescapeName(name), hex);
}

function bsdEntry(line: string): ListEntry | undefined {
  const match = /^(\\?)SHA(?:2-)?(256|512) ?\((.+)\) ?= ?([0-9a-f]+)$/i.exec(line.trimEnd());
  if (match === null) return undefined;
  const [, escaped, bits, name = "", hex = ""] = match;
  const entry = entryOf(escaped === "" ? name : unescapeName(name), hex);
  return entry?.algorithm === `sha${String(bits)}` ? entry : undefined;
}

/** coreutils marks a line with a leading backslash if the name in it is escaped. */
function unescapeName(name: string): string {
  return name.replace(/\\([\\nr])/g, (_, c: string) => ({ n: "\n", r: "\r" })[c] ?? c);
}

function entryOf(name: string, hex: string): ListEntry | undefined {
  const algorithm = algorithmOfLength(hex.length);
  return algorithm === undefined ? undefined : { name, algorithm, digest: digestOf(algorithm, hex) };
}

function segmentsOf(entry: ListEntry): string[] {
  return entry.name.split(/[/\\]/).filter((segment) => segment !== "" && segment !== ".");
}

/** How many trailing segments the entry and the requested path share. */
function sharedSegments(entry: ListEntry, desired: RequestedPath): number {
  const own = segmentsOf(entry);
  let shared = 0;
  while (shared < own.length && own.at(-1 - shared) === desired.at(-1 - shared)) shared += 1;
  return shared;
}

/** Entries whose segments are all in the URL rank before those in another folder. */
function rank(entry: ListEntry, desired: RequestedPath): number {
  const shared = sharedSegments(entry, desired);
  const isWhole = shared === segmentsOf(entry).length;
  return shared + (isWhole ? desired.length : 0);
}

function absent(entries: readonly ListEntry[], name: string): LxdError {
  const why =
    entries.length === 0
      ? "it has no SHA-256 or SHA-512 checksum in a known format"
      : `it has no entry ${quoted(name)}`;
  const there = entries.length === 0 ? "" : `; there are ${namesOf(entries)}`;
  return new LxdError({
    code: "not-found",
    why: `${why}${there}`,
    advice:
      "The entry is looked up by the file name of the (first) URL. Set the checksum itself, as sha256:<hex>, if the list uses another name for the file.",
  });
}

function ambiguous(entries: readonly ListEntry[], name: string): LxdError {
  return new LxdError({
    code: "invalid-argument",
    why: `it has several entries for ${quoted(name)} with different checksums: ${namesOf(entries)}`,
    advice: "Set the checksum itself, as sha256:<hex>.",
  });
}

const listedNames = 10;

function namesOf(entries: readonly ListEntry[]): string {
  const names = [...new Set(entries.map((entry) => quoted(entry.name)))];
  const more = names.length - listedNames;
  return more > 0 ? `${names.slice(0, listedNames).join(", ")} and ${more} more` : names.join(", ");
}

function quoted(name: string): string {
  return JSON.stringify(name);
}
