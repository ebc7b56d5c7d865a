// `pulumi-lxd export`: writes an image of a server to files that the source of an `Image` accepts.
import { existsSync } from "node:fs";
import { rename, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { makeFolder } from "../embedded/folder";
import { type WireImage } from "../provider/lxd/api/images";
import { LxdError } from "../provider/base/errors";
import { type ImageFile, withImageFiles } from "./images/image-files";
import { imageNamed } from "./images/reference";
import { type Input, type Outcome } from "./command";
import { define } from "./define";
import { type Output } from "./output";
import { progressLine } from "./progress-line";
import { daemonOf, projectIn, projectOptions } from "./which-daemon";

const about = `Writes an image of a daemon to one file, or to two if the daemon stores it as two, and prints their paths. REF is an alias, or a fingerprint or its first 12 digits or more. The files get their names once their fingerprint has been checked.`;

const options = {
  to: {
    type: "string",
    placeholder: "DIR|FILE",
    default: ".",
    completes: "file",
    help: "the folder to write to, a new one with / at its end; or the file of an image in one file",
  },
  force: { type: "boolean", help: "replace files that are there already" },
  ...projectOptions,
} as const;

type Values = Input<typeof options>["values"];

async function run(
  { values, positionals: [, reference = ""] }: Input<typeof options>,
  output: Output,
): Promise<Outcome> {
  const { image, files } = await write(reference, values);
  for (const { path } of files) output.print(path);
  const source = sourceOf(files);
  const fields = Object.entries(source).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  output.note(`In a program: source: { ${fields.join(", ")} }`);
  const { fingerprint, type, architecture } = image;
  const aliases = (image.aliases ?? []).map(({ name }) => name);
  const written = files.map(({ role, path, sha256, sizeBytes }) => ({ role, path, sha256, sizeBytes }));
  return { json: { image: { fingerprint, aliases, type, architecture }, files: written, source } };
}

async function write(reference: string, values: Values): Promise<{ image: WireImage; files: ImageFile[] }> {
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
  const placed = withImageFiles(fetching, (files) => putInPlace(files, { wanted: desired, force }));
  return { image, files: await placed.finally(line.clear) };
}

/** Moves nothing until everything can be moved. */
async function putInPlace(
  files: ImageFile[],
  { wanted: desired, force }: { wanted: string[]; force: boolean },
): Promise<ImageFile[]> {
  // Checked again, because somebody may have written there in the meantime.
  if (!force) desired.forEach(requireFree);
  const placed = files.map((file, i) => ({ ...file, path: desired[i] ?? file.path }));
  for (const [i, { path }] of files.entries()) await rename(path, placed[i]?.path ?? path);
  return placed;
}

/**
 * Resolves the target: an existing directory or a path with a trailing slash is a directory, anything else ends with a
 * file name.
 */
async function destination(to: string): Promise<{ folder: string; file: string | undefined }> {
  const path = resolve(to);
  const isFolder = to.endsWith("/") || ((await stat(path).catch(() => undefined))?.isDirectory() ?? false);
  const [folder, file] = isFolder ? [path, undefined] : [dirname(path), basename(path)];
  makeFolder(folder);
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

/** Returns the fields of a source in a program. */
function sourceOf(files: ImageFile[]): Record<string, string | undefined> {
  const at = (role: string): string | undefined => files.find((file) => file.role.startsWith(role))?.path;
  if (files.length === 1) return { file: at("unified") };
  const isMachine = files.some(({ role }) => role === "rootfs.img");
  return { metadata: at("metadata"), rootfs: at("rootfs"), ...(isMachine ? { type: "virtual-machine" } : {}) };
}

export const exportCommand = define({
  name: "export",
  summary: "write an image of a daemon to files",
  about,
  arguments: [{ name: "WHAT", choices: ["image"] }, { name: "REF" }],
  options,
  json: "{ image, files, source }",
  run,
});
