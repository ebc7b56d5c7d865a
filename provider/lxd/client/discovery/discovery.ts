// Selects the server: an ordered list of places to look, which can be shown to the user.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { LxdError } from "../../../base/errors";
import { cliConfigs, type CliRemote } from "./cli-config";
import { type Credentials, type Location, type RemoteInputs, type Surroundings } from "./location";
import { namedRemote } from "./named-remote";
import { existingSocketIn, socketAt, socketIn } from "./sockets";
import { tokenFor } from "./trust-token";
import { ofResource } from "./setting-advice";

export interface Place {
  name: string;
  find: (around: Surroundings) => Location | undefined;
}

function serverAt(address: string | undefined, credentials: Credentials): Location | undefined {
  return address ? { addresses: address.split(","), credentials } : undefined;
}

/** Returns a remote of a command line client; `unix://` means the default socket. */
function remoteAt(name: string | undefined, credentials: Credentials, around: Surroundings): Location | undefined {
  if (!name) return undefined;
  const remote = namedRemote(name, around.env);
  const [first = ""] = remote.addresses;
  const { project } = remote;
  if (!first.startsWith("unix:")) return { addresses: remote.addresses, credentials, remote, project };
  const path = first.replace(/^unix:(\/\/)?/, "");
  const found = path ? { socket: path, project } : usualSocket(remote, around);
  return { ...found, remote, project: project ?? found.project };
}

function usualSocket({ cli }: CliRemote, around: Surroundings): Extract<Location, { socket: string }> {
  const usual = cli === "incus" ? incusSockets : lxdSockets;
  for (const place of usual) {
    const found = place.find(around);
    if (found !== undefined && "socket" in found) return found;
  }
  return { socket: cli === "incus" ? "/var/lib/incus/unix.socket" : "/var/lib/lxd/unix.socket" };
}

/** A place that the `incus` command uses too, so its environment variable for the project applies. */
const ofIncus = ({ name, find }: Place): Place => ({
  name,
  find: (around) => {
    const found = find(around);
    return found && { ...found, project: around.env["INCUS_PROJECT"] || found.project };
  },
});
const variable = (name: string): Place => ({ name, find: ({ env }) => socketAt(env[name]) });
/** An environment variable with the name of a remote, as the command line client reads it. */
const remoteVariable = (name: string, cli: string): Place => ({
  name,
  find: (around) => remoteAt(around.env[name] ? `${cli}:${around.env[name]}` : undefined, {}, around),
});
/** Only a remote server: the sockets of this machine are found without the command line client. */
const defaultRemote = (cli: string): Place => ({
  name: `the default remote of \`${cli}\``,
  find: (around) => {
    const config = cliConfigs(around.env).find((each) => each.cli === cli);
    const remote = config?.remotes.find(({ name }) => name === config.defaultRemote);
    if (remote === undefined || remote.isImageServer || remote.addresses[0]?.startsWith("unix:") === true) return;
    return { addresses: remote.addresses, credentials: {}, remote, project: remote.project };
  },
});
const incusFolder = (folder: string): Place => ({
  name: join(folder, "unix.socket"),
  find: (around) => existingSocketIn(folder, around),
});
const lxdSocket = (path: string): Place => ({
  name: path,
  find: ({ exists = existsSync }) => socketAt(exists(path) ? path : undefined),
});

const incusFolderVariable: Place = {
  name: "INCUS_DIR",
  find: (around) => (around.env["INCUS_DIR"] ? socketIn(around.env["INCUS_DIR"], around) : undefined),
};

const incusNamed = [variable("INCUS_SOCKET"), incusFolderVariable].map(ofIncus);
const lxdNamed: Place[] = [
  variable("LXD_SOCKET"),
  { name: "LXD_DIR", find: ({ env }) => socketAt(env["LXD_DIR"] ? join(env["LXD_DIR"], "unix.socket") : undefined) },
];
const incusWellKnown = [incusFolder("/run/incus"), incusFolder("/var/lib/incus")].map(ofIncus);
const lxdWellKnown = [lxdSocket("/var/snap/lxd/common/lxd/unix.socket"), lxdSocket("/var/lib/lxd/unix.socket")];
const incusSockets = [...incusNamed, ...incusWellKnown];
const lxdSockets = [...lxdNamed, ...lxdWellKnown];

/** Places to look for a server; the first one that specifies a server wins. */
export const places: readonly Place[] = [
  { name: ofResource, find: fromResource },
  { name: "stack config lxd:remote", find: (a) => remoteAt(a.config?.remote, a.config ?? {}, a) },
  { name: "stack config lxd:socket", find: ({ config }) => socketAt(config?.socket) },
  { name: "stack config lxd:address", find: ({ config }) => serverAt(config?.address, config ?? {}) },
  ofIncus(remoteVariable("INCUS_REMOTE", "incus")),
  ...incusNamed,
  remoteVariable("LXC_REMOTE", "lxc"),
  ...lxdNamed,
  ...incusWellKnown,
  ...lxdWellKnown,
  ofIncus(defaultRemote("incus")),
  defaultRemote("lxc"),
];

/** The resource's own settings have precedence. The client's identity is the same for all servers unless specified. */
function fromResource(around: Surroundings): Location | undefined {
  const { explicit = {}, config = {} } = around;
  const hasOwnIdentity = explicit.clientCertificate !== undefined || explicit.clientKey !== undefined;
  const { clientCertificate, clientKey } = hasOwnIdentity ? explicit : config;
  // The stack's token may be for any of its servers; it is only ever sent to the server that issued it.
  const ofStack = (): string | undefined =>
    explicit.address ? tokenFor(explicit.address.split(","), config.trustToken, "lxd:trustToken") : undefined;
  requireOne(explicit);
  const credentials = { ...explicit, clientCertificate, clientKey, trustToken: explicit.trustToken ?? ofStack() };
  return (
    socketAt(explicit.socket) ?? serverAt(explicit.address, credentials) ?? remoteAt(explicit.name, credentials, around)
  );
}

function requireOne({ socket, address, name }: RemoteInputs): void {
  const given = Object.entries({ name, socket, address }).filter(([, value]) => value !== undefined);
  if (given.length < 2) return;
  const keys = given.map(([key]) => key).join(" and ");
  throw new LxdError({
    code: "invalid-argument",
    why: `a remote must have exactly one address, but this one sets ${keys}`,
    advice: "Keep one of them.",
  });
}

/** Returns undefined if no place specifies a server. */
export function findDaemon(around: Surroundings): Location | undefined {
  for (const place of places) {
    const location = place.find(around);
    if (location !== undefined) return { ...location, namedBy: place.name };
  }
  return undefined;
}

/** Returns the location of the server, or throws an error that lists all places. */
export function discover(around: Surroundings): Location {
  const location = findDaemon(around);
  if (location !== undefined) return location;
  throw new LxdError({
    code: "unavailable",
    why: `no LXD or Incus daemon was found; looked, in this order, at ${places.map((place) => place.name).join(", ")}`,
    advice:
      "Start a daemon, or name one with `pulumi config set lxd:socket PATH`, `lxd:remote NAME` or `lxd:address https://HOST:8443`.",
  });
}
