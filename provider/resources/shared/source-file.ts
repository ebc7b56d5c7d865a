// Files that sources name, of every kind: their schema, their problems and their digests in a preview.
import * as z from "zod";
import { isDeepStrictEqual } from "node:util";
import { LxdError } from "../../base/errors";
import { type SourceExpectation } from "../../content/open-source";
import {
  type Call,
  isOnWeb,
  sourceContent,
  type SourceFile,
  sourceName,
  sourcePlace,
  type WebFile,
} from "../../content/source-file";
import { type Found } from "../../content/recognition/found";
import { recogniseFile } from "../../content/recognition/local-file";
import { compressionOfName, isUnpackable, type Unpackable } from "../../content/unpack/unpackable";
import { requireUnpacker } from "../../content/unpack/unpackers";
import { type WrittenChecksum } from "../../content/url/checksum";
import { isLocalList } from "../../content/url/resolve-checksum";
import { probe } from "../../content/url/probe";
import { urlProblems } from "../../content/url/url-problems";
import { type Failure } from "../../kind/kind";
import { plain } from "../../kind/props";
import { name, selected, strict, tagged } from "../../kind/schema";

/** What pins a download. */
const signedSchema = strict({ list: name, signature: name.optional(), publicKey: name });
const checksumSchema = selected<WrittenChecksum>((value) =>
  typeof value === "object" && value !== null ? signedSchema : name,
);
export const pinSchema = { checksum: checksumSchema.optional(), trigger: z.string().optional() };

export const sourceFileSchema = z.union([name, tagged<WebFile>({ url: strict({ url: name, ...pinSchema }) })], {
  error: "must be the path of a file, or { url, checksum }",
});

/** A file of a source, with the inputs that name it. */
export interface SourcePart extends SourceExpectation {
  fields: { place: string; checksum: string };
}

/** The file that an input of the source names. */
export function partAt(field: string, file: SourceFile, expected: Omit<SourceExpectation, "file">): SourcePart {
  const property = `source.${field}`;
  const fields = isOnWeb(file)
    ? { place: `${property}.url`, checksum: `${property}.checksum` }
    : { place: property, checksum: property };
  return { file, fields, ...expected };
}

/** What is wrong with files on this machine, and with the names of those on the web, without a request. */
export async function fileFailures(parts: readonly SourcePart[]): Promise<Failure[]> {
  const failures = await Promise.all(parts.map((part) => problemOfPart(part)));
  return parts.flatMap(({ fields }, i) => {
    const error = failures[i];
    return error === undefined ? [] : [{ property: fields.place, reason: error.message }];
  });
}

async function problemOfPart({ file, problemOf, isUnpacked }: SourcePart): Promise<LxdError | undefined> {
  try {
    const found = isOnWeb(file) ? undefined : await recogniseFile(file);
    const problem = found && problemOf({ name: sourcePlace(file).name, found });
    if (problem !== undefined || isUnpacked !== true) return problem;
    const by = found === undefined ? compressionOfName(sourceName(file)) : compressionOf(found);
    if (by !== undefined) await requireUnpacker(by);
    return undefined;
  } catch (error) {
    return LxdError.from(error);
  }
}

function compressionOf(found: Found): Unpackable | undefined {
  return found.what === "compressed" && isUnpackable(found.by) ? found.by : undefined;
}

/** Without a request. */
export function webFailures(parts: readonly SourcePart[]): Failure[] {
  return parts.flatMap(({ file, fields }) => {
    if (!isOnWeb(file)) return [];
    const problems = urlProblems({ urls: [file.url], checksum: file.checksum });
    return problems.map(({ at, error }) => ({
      property: at === "checksum" ? fields.checksum : fields.place,
      reason: error.message,
    }));
  });
}

/** Asks the web servers of a new source for the start of the files: whether they are there, and what they are. */
export async function unreachableFailures(parts: readonly SourcePart[], signal: AbortSignal): Promise<Failure[]> {
  const all = parts.map(async ({ file, fields, problemOf }) => {
    if (!isOnWeb(file)) return [];
    const problems = await probe({ urls: [file.url], checksum: file.checksum, problemOf }, { signal });
    return problems.map(({ error }) => ({ property: fields.place, reason: error.message }));
  });
  return (await Promise.all(all)).flat();
}

/**
 * The digest of each file. A web server is asked for its checksum list only if the source differs from the last run,
 * whose digests are `known`.
 */
export async function digestsOf(
  parts: readonly SourcePart[],
  { known, call }: { known: readonly string[] | undefined; call: Call },
): Promise<string[]> {
  const digests: string[] = [];
  for (const [i, { file }] of parts.entries()) {
    const before = isOnWeb(file) && !isLocalList(file.checksum) ? known?.[i] : undefined;
    digests.push(before ?? (await sourceContent(file, call)).digest);
  }
  return digests;
}

export function isSameSource(olds: unknown, news: unknown): boolean {
  return olds !== undefined && isDeepStrictEqual(plain(olds), plain(news));
}
