// Where the daemons' sockets are on this machine, and which of Incus' two this user may use.
import { accessSync, constants, existsSync } from "node:fs";
import { basename, join } from "node:path";
import { type Location, type Surroundings } from "./location";

/** Beside the administrators' socket, of `incus-user`: it lets the group `incus` in, each user to a project of his own. */
const userSocket = "unix.socket.user";

export function socketAt(socket: string | undefined): Location | undefined {
  if (!socket) return undefined;
  return basename(socket) === userSocket ? { socket, project: ownProject() } : { socket };
}

/** As `incus-user` calls it. */
function ownProject(): string | undefined {
  const uid = process.geteuid?.();
  return uid === undefined ? undefined : `user-${uid}`;
}

/** The socket in a folder of Incus, even if it is not there. As the command line, the user's own if he is no administrator. */
export function socketIn(folder: string, { isWritable = canWrite }: Surroundings): Location | undefined {
  const [administrators, users] = ["unix.socket", userSocket].map((name) => join(folder, name));
  const isUser = !isWritable(administrators ?? "") && isWritable(users ?? "");
  return socketAt(isUser ? users : administrators);
}

/** The same, if there is any. */
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
