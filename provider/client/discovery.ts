// Finds the daemon: a list of places, asked in order, that can be shown to the user.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { LxdError } from "../errors";
import { type HttpsTarget } from "./https-transport";

/** Which daemon a resource names for itself. */
export interface RemoteInputs {
  socket?: string | undefined;
  address?: string | undefined;
  serverCertificateFingerprint?: string | undefined;
}

/** What a stack's config says about the connection. */
export interface ConnectionConfig {
  socket?: string | undefined;
  address?: string | undefined;
  serverCertificateFingerprint?: string | undefined;
  clientCertificate?: string | undefined;
  clientKey?: string | undefined;
  trustToken?: string | undefined;
}

export interface Surroundings {
  /** The resource's own `remote`. */
  explicit?: RemoteInputs | undefined;
  /** Stack config, keys `lxd:…`. */
  config?: ConnectionConfig | undefined;
  env: Record<string, string | undefined>;
  exists?: (path: string) => boolean;
}

/** Where a daemon is. How a client proves itself to one that is far away is added later. */
export type Location = { socket: string } | { address: string; fingerprint?: string | undefined };

/** Where a daemon is, with what is needed to be let in. */
export type Target = { socket: string } | (HttpsTarget & { trustToken?: string | undefined });

interface Place {
  name: string;
  find: (around: Surroundings) => Location | undefined;
}

const socketAt = (socket: string | undefined): Location | undefined => (socket ? { socket } : undefined);
const serverAt = (from: RemoteInputs | undefined): Location | undefined =>
  from?.address ? { address: from.address, fingerprint: from.serverCertificateFingerprint } : undefined;

const variable = (name: string): Place => ({ name, find: ({ env }) => socketAt(env[name]) });
const directory = (name: string): Place => ({
  name,
  find: ({ env }) => socketAt(env[name] ? join(env[name], "unix.socket") : undefined),
});
const wellKnown = (path: string): Place => ({
  name: path,
  find: ({ exists = existsSync }) => socketAt(exists(path) ? path : undefined),
});

/** Where a daemon is looked for; the first place that names one wins. */
export const places: readonly Place[] = [
  { name: "the resource's remote.socket", find: ({ explicit }) => socketAt(explicit?.socket) },
  { name: "the resource's remote.address", find: ({ explicit }) => serverAt(explicit) },
  { name: "stack config lxd:socket", find: ({ config }) => socketAt(config?.socket) },
  { name: "stack config lxd:address", find: ({ config }) => serverAt(config) },
  variable("INCUS_SOCKET"),
  directory("INCUS_DIR"),
  variable("LXD_SOCKET"),
  directory("LXD_DIR"),
  wellKnown("/run/incus/unix.socket"),
  wellKnown("/var/lib/incus/unix.socket"),
  wellKnown("/var/snap/lxd/common/lxd/unix.socket"),
  wellKnown("/var/lib/lxd/unix.socket"),
];

/** Where the daemon is, or an error that lists every place that was looked at. */
export function discover(around: Surroundings): Location {
  for (const place of places) {
    const location = place.find(around);
    if (location !== undefined) return location;
  }
  throw new LxdError({
    code: "unavailable",
    why: `no LXD or Incus daemon was found; looked, in this order, at ${places.map((place) => place.name).join(", ")}`,
    advice:
      "Start a daemon, or name one with `pulumi config set lxd:socket PATH` or `pulumi config set lxd:address https://HOST:8443`.",
  });
}
