// Sources of an ISO volume's content: types, validation and reading.
import { stat } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { type Content } from "../../content/content";
import { expandPath, fileContent } from "../../content/local-file/file";
import { filesBelow } from "../../content/local-file/folder";
import { generatedIso, generatedIsoProblems, generatedIsoSizeBytes } from "../../content/generated-iso/generated-iso";
import { type IsoFile } from "../../content/generated-iso/tree";
import { reader } from "../../content/progress";
import { isoProblem } from "../../content/recognition/problems";
import { type WrittenChecksum } from "../../content/url/checksum";
import { probe } from "../../content/url/probe";
import { urlContent } from "../../content/url/url-content";
import { urlProblems } from "../../content/url/url-problems";
import { type Context, type Failure } from "../../kind/kind";
import { name, strict, tagged, volumeName } from "../../kind/schema";
import { hasUnknown } from "../../kind/unknowns";
import { pinSchema } from "../shared/source-file";

/** A local file. */
export interface FileSource {
  file: string;
}

/** A file on a web server, pinned by a checksum; `urls` are mirrors, tried in order. */
export type UrlSource = ({ url: string } | { urls: string[] }) & {
  checksum?: WrittenChecksum | undefined;
  trigger?: string | undefined;
};

/** A file in a generated image: text, base64-encoded bytes, a local file, or a local folder with everything in it. */
export type FileEntry = { text: string } | { base64: string } | { file: string } | { folder: string };

/** An ISO image generated from these files. */
export interface FilesSource {
  files: Record<string, FileEntry>;
  label: string;
}

/** Another ISO volume on the same server. */
export interface VolumeSource {
  volume: { pool: string; name: string; project?: string | undefined; digest?: string | undefined };
}

/** Distinguished by the keys that are present. */
export type IsoSource = FileSource | UrlSource | FilesSource | VolumeSource;

/** Observed on Incus 6.0.4; see decision record 0008. */
const otherServer =
  "is not supported: a copy from server to server loses the zeros at the end of the image on pools that store volumes in files; use the same file or url as the source of both volumes";

const fileEntry = tagged<FileEntry>({
  text: strict({ text: z.string() }),
  base64: strict({ base64: z.base64() }),
  file: strict({ file: name }),
  folder: strict({ folder: name }),
});

export const sourceSchema = tagged<IsoSource>({
  file: strict({ file: name }),
  url: strict({ url: name, ...pinSchema }),
  urls: strict({ urls: z.array(name).min(1), ...pinSchema }),
  files: strict({ files: z.record(z.string(), fileEntry), label: name }),
  volume: strict({
    volume: strict({
      pool: name,
      name: volumeName,
      project: name.optional(),
      digest: z.string().optional(),
      remote: z.undefined({ error: otherServer }).optional(),
    }),
  }),
});

/** Validates a source without reading files or making requests. */
export function sourceFailures(source: IsoSource): Failure[] {
  if (hasUnknown(source)) return [];
  if ("files" in source) return generatedProblems(source);
  return "url" in source || "urls" in source ? downloadProblems(source) : [];
}

/** Opens the content of a source. A volume is copied by the daemon, so it has no content here. */
export async function contentOf(
  source: Exclude<IsoSource, VolumeSource>,
  call: Pick<Context, "status" | "signal">,
): Promise<Content> {
  if ("file" in source) return fileContent(source.file, reader(call, `hashing ${source.file}`));
  if ("files" in source) {
    const { label, files } = source;
    return generatedIso({ label, files: await expandFolders(files) }, reader(call, `making ${label}`));
  }
  return urlContent({ urls: urlsOf(source), checksum: source.checksum }, { signal: call.signal });
}

/** Asks the web server of a new source for the start of the file: whether it is there, and is an ISO image. */
export async function downloadFailures(
  source: IsoSource,
  { allowAnyContent, signal }: { allowAnyContent: boolean | undefined; signal: AbortSignal },
): Promise<Failure[]> {
  if (!("url" in source || "urls" in source)) return [];
  const problemOf = allowAnyContent === true ? () => undefined : isoProblem;
  const problems = await probe({ urls: urlsOf(source), checksum: source.checksum, problemOf }, { signal });
  return problems.map(({ at, error }) => ({
    property: "url" in source ? "source.url" : `source.urls[${at}]`,
    reason: error.message,
  }));
}

/** The size of the content, if it is known without querying a web server or reading a file. */
export async function sizeInAdvance(source: IsoSource): Promise<number | undefined> {
  if ("file" in source) return (await stat(expandPath(source.file))).size;
  if (!("files" in source)) return undefined;
  return generatedIsoSizeBytes({ label: source.label, files: await expandFolders(source.files) });
}

function urlsOf(source: UrlSource): string[] {
  return "url" in source ? [source.url] : source.urls;
}

function downloadProblems(source: UrlSource): Failure[] {
  return urlProblems({ urls: urlsOf(source), checksum: source.checksum }).map(({ at, error }) => {
    if (at === "checksum") return { property: "source.checksum", reason: error.message };
    return { property: "url" in source ? "source.url" : `source.urls[${at}]`, reason: error.message };
  });
}

function generatedProblems({ label, files }: FilesSource): Failure[] {
  // Files in folders are checked when the image is generated.
  const named: Record<string, IsoFile> = {};
  for (const [path, entry] of Object.entries(files)) if (!("folder" in entry)) named[path] = toIsoFile(entry);
  const onlyFolders = Object.keys(named).length === 0 && Object.keys(files).length > 0;
  const problems = generatedIsoProblems({ label, files: named });
  return problems
    .filter(({ at }) => at !== "files" || !onlyFolders)
    .map(({ at, error }) => ({
      property: typeof at === "string" ? `source.${at}` : `source.files[${JSON.stringify(at.path)}]`,
      reason: error.message,
    }));
}

async function expandFolders(files: Record<string, FileEntry>): Promise<Record<string, IsoFile>> {
  const expanded: Record<string, IsoFile> = {};
  for (const [path, entry] of Object.entries(files)) {
    if (!("folder" in entry)) expanded[path] = toIsoFile(entry);
    else
      for (const file of await filesBelow(entry.folder))
        expanded[`${path}/${file}`] = { file: join(entry.folder, file) };
  }
  return expanded;
}

function toIsoFile(entry: Exclude<FileEntry, { folder: string }>): IsoFile {
  return "base64" in entry ? { bytes: Buffer.from(entry.base64, "base64") } : entry;
}
