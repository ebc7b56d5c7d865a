// Files in a guest: of containers at any time, even while stopped; of virtual machines through their agent.
import { type Client } from "../../client/core/client";
import { path } from "../../client/transport/paths";
import { headerPrefix } from "../../client/discovery/server-info";
import { type UploadStream } from "../../client/transport/watched-upload";
import { isCode } from "../../../base/errors";
import { type InstanceAddress } from "./instances";

/** A guest and a path in it. */
export interface GuestPath extends InstanceAddress {
  path: string;
}

export interface Ownership {
  uid: number;
  gid: number;
  /** The permission bits. */
  mode: number;
}

export interface FoundEntry extends Ownership {
  type: "file" | "directory" | "symlink";
  /** Size of what was read: a file's content, or a link's target. */
  sizeBytes: number;
  /** Whether the content was read; it is not if it is too large. */
  isRead: boolean;
}

/** Returns what is at a path without following links; undefined if there is nothing. */
export async function findEntry(
  client: Client,
  at: GuestPath,
  { receive, maxBytes = Infinity }: { receive?: (chunk: Buffer) => void; maxBytes?: number } = {},
): Promise<FoundEntry | undefined> {
  const { product } = await client.info();
  try {
    const { headers, body } = await client.open(filesPath(at), queryOf(at));
    const header = (name: string): string => String(headers[name] ?? "");
    const own = (name: string): string => header(`x-${product}-${name}`);
    const sizeBytes = Number(header("content-length"));
    const isRead = sizeBytes <= maxBytes;
    // Reads a small remainder to keep the connection; a large one is cut off.
    if (!isRead) await body.dump({ limit: 64 * 1024 }).catch(() => undefined);
    else for await (const chunk of body) receive?.(chunk as Buffer);
    const type = own("type") as FoundEntry["type"];
    const mode = parseInt(own("mode"), 8);
    return { type, uid: Number(own("uid")), gid: Number(own("gid")), mode, sizeBytes, isRead };
  } catch (error) {
    if (isNoEntry(error)) return undefined;
    throw error;
  }
}

/**
 * For a missing instance or project, the message ends with the type of object. For a missing file, it is `Not Found`,
 * or since LXD 6.8 `Failed accessing "/x" in instance "y": file does not exist`.
 */
function isNoEntry(error: unknown): boolean {
  return isCode(error, "not-found") && !/(instance|project) not found$/i.test(error.details.why);
}

/** Owner and mode apply to a new file only: an existing file keeps its own. The directory must exist. */
export async function writeFile(
  client: Client,
  at: GuestPath,
  { stream, sizeBytes, ...owner }: Ownership & { stream: UploadStream; sizeBytes: number | undefined },
): Promise<void> {
  const headers = { ...(await ownerHeaders(client, owner)), ...(await typeHeader(client, "file")) };
  const upload = { stream, sizeBytes, headers };
  await client.change({ method: "POST", path: filesPath(at), query: queryOf(at), upload });
}

/** Leaves an existing directory unchanged. */
export async function makeDirectory(client: Client, at: GuestPath, owner: Ownership): Promise<void> {
  const headers = { ...(await ownerHeaders(client, owner)), ...(await typeHeader(client, "directory")) };
  await client.change({ method: "POST", path: filesPath(at), query: queryOf(at), headers });
}

/** Succeeds if the file does not exist. */
export async function deleteFile(client: Client, at: GuestPath): Promise<void> {
  await client.change({ method: "DELETE", path: filesPath(at), query: queryOf(at) }).catch((error: unknown) => {
    if (!isNoEntry(error)) throw error;
  });
}

async function ownerHeaders(client: Client, { uid, gid, mode }: Ownership): Promise<Record<string, string>> {
  const prefix = headerPrefix(await client.info());
  // Without the leading zero, servers parse the mode as a decimal number.
  return { [`${prefix}-uid`]: String(uid), [`${prefix}-gid`]: String(gid), [`${prefix}-mode`]: octal(mode) };
}

async function typeHeader(client: Client, type: "file" | "directory"): Promise<Record<string, string>> {
  return { [`${headerPrefix(await client.info())}-type`]: type };
}

/** Formats a mode, for example `0644`. */
export function octal(mode: number): string {
  return `0${mode.toString(8).padStart(3, "0")}`;
}

function filesPath({ name }: InstanceAddress): string {
  return path("instances", name, "files");
}

function queryOf({ project, path: inGuest }: GuestPath): Record<string, string> {
  return { project, path: inGuest };
}
