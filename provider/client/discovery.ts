// Finds the daemon's socket: a list of places, asked in order, that can be shown to the user.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { LxdError } from "../errors";

export interface Surroundings {
  /** The resource's own `remote.socket`. */
  explicit?: string | undefined;
  /** Stack config `lxd:socket`. */
  config?: string | undefined;
  env: Record<string, string | undefined>;
  exists?: (path: string) => boolean;
}

interface Place {
  name: string;
  find: (around: Surroundings) => string | undefined;
}

const variable = (name: string): Place => ({ name, find: ({ env }) => env[name] || undefined });
const directory = (name: string): Place => ({
  name,
  find: ({ env }) => (env[name] ? join(env[name], "unix.socket") : undefined),
});
const wellKnown = (path: string): Place => ({
  name: path,
  find: ({ exists = existsSync }) => (exists(path) ? path : undefined),
});

/** Where a daemon is looked for; the first place that names one wins. */
export const places: readonly Place[] = [
  { name: "the resource's remote.socket", find: ({ explicit }) => explicit },
  { name: "stack config lxd:socket", find: ({ config }) => config || undefined },
  variable("INCUS_SOCKET"),
  directory("INCUS_DIR"),
  variable("LXD_SOCKET"),
  directory("LXD_DIR"),
  wellKnown("/run/incus/unix.socket"),
  wellKnown("/var/lib/incus/unix.socket"),
  wellKnown("/var/snap/lxd/common/lxd/unix.socket"),
  wellKnown("/var/lib/lxd/unix.socket"),
];

/** The socket, or an error that lists every place that was looked at. */
export function discoverSocket(around: Surroundings): string {
  for (const place of places) {
    const socket = place.find(around);
    if (socket !== undefined) return socket;
  }
  throw new LxdError({
    code: "unavailable",
    why: `no LXD or Incus daemon was found; looked, in this order, at ${places.map((place) => place.name).join(", ")}`,
    advice: "Start a daemon, or name its socket with `pulumi config set lxd:socket PATH`.",
  });
}
