// Locates the unix sockets of LXD and Incus on this machine, and which of the two sockets of Incus this user may use.
import { accessSync, constants, existsSync } from "node:fs";
import { basename, join } from "node:path";
import { type Location, type Surroundings } from "./location";

/**
 * The socket of `incus-user`, next to the administrators' one: it gives each user in the group `incus` access to a
 * project of their own.
 */
const userSocket = "unix.socket.user";

export function socketAt(socket: string | undefined): Location | undefined {
  if (!socket) return undefined;
  return basename(socket) === userSocket ? { socket, project: ownProject() } : { socket };
}

/** The name that `incus-user` gives to the user's project. */
function ownProject(): string | undefined {
  const uid = process.geteuid?.();
  return uid === undefined ? undefined : `user-${uid}`;
}

/**
 * Returns the socket in an Incus directory, even if it does not exist. Like the command line client, selects the user
 * socket for users who are not administrators.
 */
export function socketIn(folder: string, { isWritable = canWrite }: Surroundings): Location | undefined {
  const [administrators, users] = ["unix.socket", userSocket].map((name) => join(folder, name));
  const isUser = !isWritable(administrators ?? "") && isWritable(users ?? "");
  return socketAt(isUser ? users : administrators);
}

/** Returns the socket only if it exists. */
export function existingSocketIn(folder: string, around: Surroundings): Location | undefined {
  const { exists = existsSync } = around;
  return ["unix.socket", userSocket].some((name) => exists(join(folder, name))) ? socketIn(folder, around) : undefined;
}

function canWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
