// `pulumi-lxd export`: writes an image of a daemon to files, as they would be given to an `Image` again.
import { existsSync } from "node:fs";
import { mkdir, rename, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { LxdError } from "../provider/base/errors";
import { type ImageFile, withImageFiles } from "./images/image-files";
import { imageNamed } from "./images/reference";
import { type Command } from "./command";
import { progressLine } from "./progress-line";
import { daemonOf, type DaemonValues, imageHelp, imageOptions, projectIn } from "./which-daemon";

const help = `Usage: pulumi-lxd export image REF [options]

Writes an image of a daemon to one file, or to two if it is kept in two there, and prints their paths. REF is an alias,
or a fingerprint or its first 12 digits or more. The files get their names once their fingerprint has been checked.

Options:
  --to DIR|FILE      the folder to write to, or the file of an image in one file   (default: .)
  --force            replace files that are there already
${imageHelp}`;

const options = {
  to: { type: "string", default: "." },
  force: { type: "boolean", default: false },
  ...imageOptions,
} as const;

interface Values extends DaemonValues {
  to: string;
  force: boolean;
  project?: string;
}

async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, options, strict: true, allowPositionals: true });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const [what, reference] = positionals;
  if (what !== "image" || reference === undefined || positionals.length !== 2) {
    console.error(`Specify which image to export: image REF.\n\n${help}`);
    return 2;
  }
  const written = await write(reference, values);
  for (const { path } of written) console.log(path);
  console.error(`In a program: source: ${asSource(written)}`);
  return 0;
}

async function write(reference: string, values: Values): Promise<ImageFile[]> {
  const { force } = values;
  const project = projectIn(values);
  const client = daemonOf(values);
  const image = await imageNamed(client, project, reference);
  const to = await destination(values.to);
  const line = progressLine(`exporting ${reference}`);
  const desired: string[] = [];
  const accept = ({ role, fileName }: Pick<ImageFile, "role" | "fileName">): void => {
    if (role !== "unified" && to.file !== undefined) throw isInTwo(values.to);
    const path = join(to.folder, to.file ?? fileName);
    if (!force) requireFree(path);
    desired.push(path);
  };
  const fetching = { client, project, image, folder: to.folder, report: line.report, accept };
  return withImageFiles(fetching, (files) => putInPlace(files, { wanted: desired, force })).finally(line.clear);
}

/** Nothing is moved before everything may be. */
async function putInPlace(
  files: ImageFile[],
  { wanted: desired, force }: { wanted: string[]; force: boolean },
): Promise<ImageFile[]> {
  // Again, since somebody else may have written there meanwhile.
  if (!force) desired.forEach(requireFree);
  const placed = files.map((file, i) => ({ ...file, path: desired[i] ?? file.path }));
  for (const [i, { path }] of files.entries()) await rename(path, placed[i]?.path ?? path);
  return placed;
}

/** A folder that is there, or is written as one, or the name of a file. */
async function destination(to: string): Promise<{ folder: string; file: string | undefined }> {
  const path = resolve(to);
  const isFolder = to.endsWith("/") || ((await stat(path).catch(() => undefined))?.isDirectory() ?? false);
  const [folder, file] = isFolder ? [path, undefined] : [dirname(path), basename(path)];
  await mkdir(folder, { recursive: true });
  return { folder, file };
}

function requireFree(path: string): void {
  if (!existsSync(path)) return;
  const advice = "Choose another path with --to, or replace it with --force.";
  throw new LxdError({ code: "already-exists", why: `${path} is there already`, advice });
}

function isInTwo(to: string): LxdError {
  return new LxdError({
    code: "invalid-argument",
    why: `the image is in two files, and ${to} can be only one`,
    advice: `Name a folder: --to ${to}/`,
  });
}

function asSource(files: ImageFile[]): string {
  const at = (role: string): string => JSON.stringify(files.find((file) => file.role.startsWith(role))?.path);
  if (files.length === 1) return `{ file: ${at("unified")} }`;
  const isMachine = files.some(({ role }) => role === "rootfs.img");
  return `{ metadata: ${at("metadata")}, rootfs: ${at("rootfs")}${isMachine ? ', type: "virtual-machine"' : ""} }`;
}

export const exportCommand: Command = { summary: "write an image of a daemon to files", run };
