// Generates an ISO image from named files, byte for byte identical for the same files.
import { createHash } from "node:crypto";
import { LxdError } from "../../base/errors";
import { type Content, type Digest, type Opened, type Reader } from "../content";
import { openVerified } from "../verified-stream";
import { sizeOf } from "./file-bytes";
import { type Image, imageBytes } from "./image";
import { labelProblem } from "./label";
import { planLayout, type SizedFile } from "./layout";
import { foldersMax } from "./path-table";
import { sectorBytes } from "./sectors";
import { buildTree, type FileNode, type IsoFile, type Tree } from "./tree";

export interface GeneratedIsoArgs {
  /** The volume label, stored verbatim: up to 32 characters, of which Windows shows 16. */
  label: string;
  /** Keyed by path in the image (`autounattend.xml`, `drivers/net.inf`); folders are created implicitly. */
  files: Readonly<Record<string, IsoFile>>;
}

export interface GeneratedIso extends Content {
  readonly sizeBytes: number;
}

export interface IsoProblem {
  /** The invalid input: the label, the map of files as a whole, or the file at this path. */
  at: "label" | "files" | { path: string };
  error: LxdError;
}

/** Validates the inputs for a preview without accessing any file. */
export function generatedIsoProblems({ label, files }: GeneratedIsoArgs): IsoProblem[] {
  return problemsOf(label, buildTree(files));
}

/**
 * The image of these files. It is generated once to compute its hash, so local files are read now and again by `open`;
 * a file that changes in between makes the stream fail.
 */
export async function generatedIso(args: GeneratedIsoArgs, reader: Reader = {}): Promise<GeneratedIso> {
  const doing = `generate the ISO image ${JSON.stringify(args.label)}`;
  const image = await plan(args, doing);
  const sizeBytes = image.layout.sectors * sectorBytes;
  try {
    const digest = await digestOf(image, sizeBytes, reader);
    return { digest, sizeBytes, open: () => Promise.resolve(openImage(image, digest, doing)) };
  } catch (error) {
    throw LxdError.from(error).during(doing);
  }
}

/** The size of the image; needs only the sizes of the files. */
export async function generatedIsoSizeBytes(args: GeneratedIsoArgs): Promise<number> {
  const { layout } = await plan(args, `plan the ISO image ${JSON.stringify(args.label)}`);
  return layout.sectors * sectorBytes;
}

async function plan({ label, files }: GeneratedIsoArgs, doing: string): Promise<Image> {
  const tree = buildTree(files);
  const problems = problemsOf(label, tree).map(({ error }) => error);
  const sized = await sizesOf(tree.files, problems);
  if (problems.length > 0) throw together(problems).during(doing);
  return { label, layout: planLayout(tree.root, sized), hashes: new Map<FileNode, string>() };
}

function problemsOf(label: string, { files, root, problems }: Tree): IsoProblem[] {
  const found: IsoProblem[] = problems.map(({ path, error }) => ({ at: { path }, error }));
  const labelError = labelProblem(label);
  if (labelError !== undefined) found.unshift({ at: "label", error: labelError });
  if (files.length === 0 && problems.length === 0) found.push({ at: "files", error: invalid("there are no files") });
  if (countFolders(root) > foldersMax)
    found.push({ at: "files", error: invalid(`there are more than ${foldersMax} folders`) });
  return found;
}

function countFolders({ children }: Tree["root"]): number {
  return children.reduce((sum, child) => sum + (child.kind === "folder" ? countFolders(child) : 0), 1);
}

/** The sizes of all files; failures are added to `problems`. */
async function sizesOf(nodes: readonly FileNode[], problems: LxdError[]): Promise<SizedFile[]> {
  const sizes = await Promise.allSettled(nodes.map(sizeOf));
  return nodes.flatMap((node, at) => {
    const size = sizes[at];
    if (size?.status === "fulfilled") return [{ node, sizeBytes: size.value }];
    problems.push(LxdError.from(size?.reason));
    return [];
  });
}

async function digestOf(image: Image, sizeBytes: number, { report, signal }: Reader): Promise<Digest> {
  const hash = createHash("sha256");
  let done = 0;
  for await (const chunk of imageBytes(image)) {
    signal?.throwIfAborted();
    hash.update(chunk);
    report?.((done += chunk.length), sizeBytes);
  }
  return `sha256:${hash.digest("hex")}`;
}

function openImage(image: Image, digest: Digest, doing: string): Opened {
  const sizeBytes = image.layout.sectors * sectorBytes;
  // Each file has already been verified, so a mismatch of the whole image is unlikely, but its digest was announced.
  const why = "the image is not the one that was planned";
  const mismatch = () => new LxdError({ code: "content-mismatch", why });
  return openVerified({ chunks: imageBytes(image), digest, sizeBytes, doing, mismatch });
}

function together(problems: readonly LxdError[]): LxdError {
  const [first, ...others] = problems;
  if (first === undefined || others.length === 0) return first ?? invalid("nothing is wrong");
  const lines = problems.map(({ details }) => `\n  ${details.why}`);
  return invalid(`${problems.length} problems:${lines.join("")}\n `);
}

function invalid(why: string): LxdError {
  return new LxdError({ code: "invalid-argument", why });
}
