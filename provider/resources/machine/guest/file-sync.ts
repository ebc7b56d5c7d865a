// Reads and writes one file in a guest: resolves links, compares the hash, sets owner and mode.
import { createHash } from "node:crypto";
import { posix } from "node:path";
import { type Client } from "../../../lxd/client/core/client";
import {
  deleteFile,
  findEntry,
  type FoundEntry,
  type GuestPath,
  makeDirectory,
  type Ownership,
  writeFile,
} from "../../../lxd/api/instance/guest-files";
import { isCode, LxdError } from "../../../base/errors";
import { contentOf, type GuestFile } from "./file-content";

export interface SeenFile extends FoundEntry {
  /** The path with links resolved. */
  path: string;
  /** `sha256:…`, if it is a file and was read. */
  digest: string | undefined;
}

/** The limit of Linux. */
const mostLinks = 40;

/** The file at a path, with links resolved; undefined if there is none. */
export async function seeFile(client: Client, at: GuestPath, maxBytes = Infinity): Promise<SeenFile | undefined> {
  let { path } = at;
  for (let links = 0; links <= mostLinks; links++) {
    const hash = createHash("sha256");
    const head: Buffer[] = [];
    let kept = 0;
    const receive = (chunk: Buffer): void => {
      hash.update(chunk);
      if (kept < 4096) head.push(chunk);
      kept += chunk.length;
    };
    const found = await findEntry(client, { ...at, path }, { receive, maxBytes });
    if (found === undefined) return undefined;
    if (found.type !== "symlink") {
      return { ...found, path, digest: found.isRead ? `sha256:${hash.digest("hex")}` : undefined };
    }
    path = posix.resolve(posix.dirname(path), Buffer.concat(head).toString().trimEnd());
  }
  throw new LxdError({ code: "invalid-argument", why: `${at.path} is a dangling link` });
}

export function compareFile(seen: SeenFile | undefined, desired: GuestFile): "same" | "absent" | "content" | "owner" {
  if (seen === undefined) return "absent";
  const { uid, gid, mode } = ownerOf(desired);
  if (seen.uid !== uid || seen.gid !== gid || seen.mode !== mode) return "owner";
  return seen.digest === desired.digest ? "same" : "content";
}

/** The daemons set owner and mode only on a new file, so a file with a different owner or mode is recreated. */
export async function writeGuestFile(
  client: Client,
  at: GuestPath,
  { file, seen }: { file: GuestFile; seen: SeenFile | undefined },
): Promise<void> {
  if (seen !== undefined && seen.type !== "file") {
    const advice = "Use the path of a file in it, or remove it.";
    throw new LxdError({ code: "invalid-argument", why: `${at.path} is a ${seen.type} in the guest`, advice });
  }
  const place = { ...at, path: seen?.path ?? at.path };
  if (compareFile(seen, file) === "owner") await deleteFile(client, place);
  try {
    await send(client, place, file);
  } catch (error) {
    if (!isCode(error, "not-found") || seen !== undefined) throw error;
    await makeFolders(client, place);
    await send(client, place, file);
  }
}

async function send(client: Client, at: GuestPath, file: GuestFile): Promise<void> {
  const content = await contentOf(file.content, client.signal);
  if (content.digest !== file.digest) {
    const advice = "Wait until it is no longer being written, then run `pulumi up` again.";
    throw new LxdError({ code: "content-mismatch", why: "its content has changed since the preview", advice });
  }
  const { stream, sizeBytes } = await content.open();
  await writeFile(client, at, { ...ownerOf(file), stream, sizeBytes });
}

/** Creates the missing parent directories, owned by root and readable by everyone. */
async function makeFolders(client: Client, at: GuestPath): Promise<void> {
  const steps = posix
    .dirname(at.path)
    .split("/")
    .filter((step) => step !== "");
  for (const i of steps.keys()) {
    await makeDirectory(client, { ...at, path: `/${steps.slice(0, i + 1).join("/")}` }, folderOwner);
  }
}

const folderOwner: Ownership = { uid: 0, gid: 0, mode: 0o755 };

/** Deletes a file if its content is still what was written. */
export async function dropFile(client: Client, at: GuestPath, digest: string): Promise<void> {
  const seen = await seeFile(client, at);
  if (seen?.type === "file" && seen.digest === digest) await deleteFile(client, { ...at, path: seen.path });
}

function ownerOf({ uid, gid, mode }: GuestFile): Ownership {
  return { uid, gid, mode: parseInt(mode, 8) };
}
