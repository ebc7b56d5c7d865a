// Finds the daemon: a list of places, asked in order, that can be shown to the user.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { LxdError } from "../errors";
import { cliConfigs, type CliRemote } from "./cli-config";
import { type Credentials, type Location, type RemoteInputs, type Surroundings } from "./location";
import { namedRemote } from "./named-remote";
import { tokenFor } from "./trust-token";

export interface Place {
  name: string;
  find: (around: Surroundings) => Location | undefined;
}

const socketAt = (socket: string | undefined): Location | undefined => (socket ? { socket } : undefined);

function serverAt(address: string | undefined, credentials: Credentials): Location | undefined {
  return address ? { addresses: address.split(","), credentials } : undefined;
}

/** A remote of a command line; `unix://` is the socket where its daemon usually is. */
function remoteAt(name: string | undefined, credentials: Credentials, around: Surroundings): Location | undefined {
  if (!name) return undefined;
  const remote = namedRemote(name, around.env);
  const [first = ""] = remote.addresses;
  if (!first.startsWith("unix:")) return { addresses: remote.addresses, credentials, remote };
  const path = first.replace(/^unix:(\/\/)?/, "");
  return { socket: path || usualSocket(remote, around), remote };
}

function usualSocket({ cli }: CliRemote, around: Surroundings): string {
  const usual = cli === "incus" ? incusSockets : lxdSockets;
  for (const place of usual) {
    const found = place.find(around);
    if (found !== undefined && "socket" in found) return found.socket;
  }
  return cli === "incus" ? "/var/lib/incus/unix.socket" : "/var/lib/lxd/unix.socket";
}

const variable = (name: string): Place => ({ name, find: ({ env }) => socketAt(env[name]) });
const directory = (name: string): Place => ({
  name,
  find: ({ env }) => socketAt(env[name] ? join(env[name], "unix.socket") : undefined),
});
const wellKnown = (path: string): Place => ({
  name: path,
  find: ({ exists = existsSync }) => socketAt(exists(path) ? path : undefined),
});
/** A variable that the command line takes for the name of its remote. */
const remoteVariable = (name: string, cli: string): Place => ({
  name,
  find: (around) => remoteAt(around.env[name] ? `${cli}:${around.env[name]}` : undefined, {}, around),
});
/** Only a server elsewhere: where the sockets of this machine are, is known without the command line. */
const defaultRemote = (cli: string): Place => ({
  name: `the default remote of \`${cli}\``,
  find: (around) => {
    const config = cliConfigs(around.env).find((each) => each.cli === cli);
    const remote = config?.remotes.find(({ name }) => name === config.defaultRemote);
    if (remote === undefined || remote.isImageServer || remote.addresses[0]?.startsWith("unix:") === true) return;
    return { addresses: remote.addresses, credentials: {}, remote };
  },
});

const incusNamed = [variable("INCUS_SOCKET"), directory("INCUS_DIR")];
const lxdNamed = [variable("LXD_SOCKET"), directory("LXD_DIR")];
const incusWellKnown = [wellKnown("/run/incus/unix.socket"), wellKnown("/var/lib/incus/unix.socket")];
const lxdWellKnown = [wellKnown("/var/snap/lxd/common/lxd/unix.socket"), wellKnown("/var/lib/lxd/unix.socket")];
const incusSockets = [...incusNamed, ...incusWellKnown];
const lxdSockets = [...lxdNamed, ...lxdWellKnown];

/** Where a daemon is looked for; the first place that names one wins. */
export const places: readonly Place[] = [
  { name: "the resource's remote", find: fromResource },
  { name: "stack config lxd:remote", find: (a) => remoteAt(a.config?.remote, a.config ?? {}, a) },
  { name: "stack config lxd:socket", find: ({ config }) => socketAt(config?.socket) },
  { name: "stack config lxd:address", find: ({ config }) => serverAt(config?.address, config ?? {}) },
  remoteVariable("INCUS_REMOTE", "incus"),
  ...incusNamed,
  remoteVariable("LXC_REMOTE", "lxc"),
  ...lxdNamed,
  ...incusWellKnown,
  ...lxdWellKnown,
  defaultRemote("incus"),
  defaultRemote("lxc"),
];

/** Its own words come first; who the client is, is the same for all servers unless it says so. */
function fromResource(around: Surroundings): Location | undefined {
  const { explicit = {}, config = {} } = around;
  const hasOwnIdentity = explicit.clientCertificate !== undefined || explicit.clientKey !== undefined;
  const { clientCertificate, clientKey } = hasOwnIdentity ? explicit : config;
  // A token of the stack may be for any of its servers; it is only ever sent to the one that has made it.
  const ofStack = (): string | undefined =>
    explicit.address ? tokenFor(explicit.address.split(","), config.trustToken, "lxd:trustToken") : undefined;
  requireOne(explicit);
  const credentials = { ...explicit, clientCertificate, clientKey, trustToken: explicit.trustToken ?? ofStack() };
  return (
    socketAt(explicit.socket) ?? serverAt(explicit.address, credentials) ?? remoteAt(explicit.name, credentials, around)
  );
}

function requireOne({ socket, address, name }: RemoteInputs): void {
  const said = Object.entries({ name, socket, address }).filter(([, value]) => value !== undefined);
  if (said.length < 2) return;
  const keys = said.map(([key]) => key).join(" and ");
  throw new LxdError({
    code: "invalid-argument",
    why: `a remote has one place, and this one has ${keys}`,
    advice: "Keep one of them.",
  });
}

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
      "Start a daemon, or name one with `pulumi config set lxd:socket PATH`, `lxd:remote NAME` or `lxd:address https://HOST:8443`.",
  });
}
