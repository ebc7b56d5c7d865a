// Manages files in a guest: validates them, compares their content, and writes only those that differ.
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { type InstanceAddress } from "../../../lxd/api/instance/instances";
import { type Client } from "../../../lxd/client/core/client";
import { LxdError } from "../../../base/errors";
import { type Failure } from "../../../kind/kind";
import { strict } from "../../../kind/schema";
import { hasUnknown, isUnknown, unknown } from "../../../kind/unknowns";
import { contentOf, fileContentSchema, type GuestFile } from "./file-content";
import { compareFile, dropFile, seeFile, type SeenFile, writeGuestFile } from "./file-sync";

/** A file as the user writes it, before defaults are applied. */
export type WrittenFile = Pick<GuestFile, "path" | "content"> & Partial<GuestFile>;

const path = z.string().regex(/^\/(?!.*\/\.{0,2}(\/|$)).+$/, {
  error: "must be an absolute path of a file, without `.`, `..` and doubled slashes",
});
const id = z.int().min(0).optional();

export const guestFilesSchema = z.array(
  strict({
    path,
    content: fileContentSchema,
    mode: z
      .string()
      .regex(/^0?[0-7]{3,4}$/, { error: 'must be an octal mode such as "0644"' })
      .optional(),
    uid: id,
    gid: id,
    digest: z.string().optional(),
  }),
);

/** Applies defaults and computes the hash of each content. */
export async function hashFiles(
  files: WrittenFile[] | undefined,
  signal: AbortSignal,
): Promise<{ files: GuestFile[]; failures: Failure[] }> {
  if (files === undefined) return { files: [], failures: [] };
  if (isUnknown(files)) return { files: files as GuestFile[], failures: [] };
  const failures: Failure[] = [];
  const whole = files.map(async (file, i): Promise<GuestFile> => {
    if (isUnknown(file)) return file as GuestFile;
    const defaults = { mode: "0644", uid: 0, gid: 0 };
    if (hasUnknown(file.content)) return { ...defaults, ...file, digest: unknown };
    try {
      return { ...defaults, ...file, digest: (await contentOf(file.content, signal)).digest };
    } catch (error) {
      failures.push({ property: `files[${i}].content`, reason: LxdError.from(error).message });
      return { ...defaults, ...file, digest: unknown };
    }
  });
  return { files: await Promise.all(whole), failures };
}

export function validateFiles(files: GuestFile[] | undefined): Failure[] {
  if (!Array.isArray(files)) return [];
  // The path of an unknown file is unknown as well.
  const paths = files.map((file) => (isUnknown(file) ? unknown : file.path));
  return paths.flatMap((each, i) => {
    if (isUnknown(each) || paths.indexOf(each) === i) return [];
    return [{ property: `files[${i}].path`, reason: `files[${paths.indexOf(each)}] is also written to ${each}` }];
  });
}

/** Whether both describe the same files in the guest, whatever the source of the bytes. */
export function sameFiles(one: GuestFile[] | undefined, other: GuestFile[] | undefined): boolean {
  const normalized = (files: GuestFile[] | undefined): unknown =>
    Array.isArray(files ?? [])
      ? (files ?? []).map(({ content: _, mode, ...rest }) => ({ ...rest, mode: parseInt(mode, 8) }))
      : files;
  return isDeepStrictEqual(normalized(one), normalized(other));
}

export interface PutFiles {
  client: Client;
  at: InstanceAddress;
  files: GuestFile[];
  /** The previously written files: those no longer in the program are deleted if they are unchanged in the guest. */
  olds?: GuestFile[] | undefined;
  status: (text: string) => void;
}

/** Writes the files that differ. */
export async function putFiles({ client, at, files, olds = [], status }: PutFiles): Promise<void> {
  for (const [i, file] of files.entries()) {
    status(`file ${i + 1} of ${files.length}: ${file.path}`);
    try {
      const seen = await seeFile(client, { ...at, path: file.path });
      const isSame = compareFile(seen, file) === "same";
      if (!isSame) await writeGuestFile(client, { ...at, path: file.path }, { file, seen });
    } catch (error) {
      throw LxdError.from(error).during(`write ${file.path} in the guest`);
    }
  }
  const kept = files.map((file) => file.path);
  for (const old of olds) if (!kept.includes(old.path)) await dropFile(client, { ...at, path: old.path }, old.digest);
}

/** A refresh reads up to this many bytes per file; for larger files it checks only owner and mode. */
const readBytes = 4 * 1024 * 1024;

/** The current files without the deleted ones. A file that cannot be read is returned unchanged. */
export async function readFiles(
  client: Client,
  at: InstanceAddress,
  files: GuestFile[] | undefined,
): Promise<GuestFile[]> {
  const found = (files ?? []).map(async (file): Promise<GuestFile[]> => {
    try {
      const seen = await seeFile(client, { ...at, path: file.path }, readBytes);
      return seen?.type === "file" ? [asSeen(file, seen)] : [];
    } catch (error) {
      // An instance that is off, or whose agent does not respond, is not drift.
      const { code } = LxdError.from(error);
      if (code === "failed" || code === "invalid-argument" || code === "not-found") return [file];
      throw error;
    }
  });
  return (await Promise.all(found)).flat();
}

function asSeen(file: GuestFile, { uid, gid, mode, digest }: SeenFile): GuestFile {
  const normalized = parseInt(file.mode, 8) === mode ? file.mode : `0${mode.toString(8).padStart(3, "0")}`;
  return { ...file, uid, gid, mode: normalized, digest: digest ?? file.digest };
}
