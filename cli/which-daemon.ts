// Selects the server of a command: the options that all commands share, and the places to look without them.
import { type Client } from "../provider/lxd/client/core/client";
import { clientFor } from "../provider/lxd/client/core/connections";
import { resolveCredentials } from "../provider/lxd/client/auth/credentials";
import { findDaemon } from "../provider/lxd/client/discovery/discovery";
import { type Location, type RemoteInputs } from "../provider/lxd/client/discovery/location";
import { ofCommand, ofResource } from "../provider/lxd/client/discovery/setting-advice";
import { projectOf } from "../provider/resources/shared/common";
import { LxdError } from "../provider/base/errors";
import { UsageError } from "./command";

export const daemonOptions = {
  remote: {
    type: "string",
    placeholder: "NAME",
    help: "a remote of the command line of Incus or LXD",
  },
  socket: {
    type: "string",
    placeholder: "PATH",
    completes: "file",
    help: "the daemon's unix socket (default: as in a program)",
  },
  address: {
    type: "string",
    placeholder: "URL",
    help: "a daemon over HTTPS, with the client certificate of the command line of Incus or LXD",
  },
  "server-certificate-fingerprint": {
    type: "string",
    placeholder: "HEX",
    help: "the fingerprint of that daemon's certificate",
  },
} as const;

/** Options of commands that work in a project. */
export const projectOptions = {
  project: {
    type: "string",
    placeholder: "PROJECT",
    help: "the project on the server (default: as in a program, without a stack's config)",
  },
  ...daemonOptions,
} as const;

export interface DaemonValues {
  remote?: string | undefined;
  socket?: string | undefined;
  address?: string | undefined;
  "server-certificate-fingerprint"?: string | undefined;
}

export function remoteOf(values: DaemonValues): RemoteInputs {
  const { remote: name, socket, address, "server-certificate-fingerprint": serverCertificateFingerprint } = values;
  if ([name, socket, address].filter((each) => each !== undefined).length > 1)
    throw new UsageError("Name the server with one of --remote, --socket and --address only.");
  return { name, socket, address, serverCertificateFingerprint };
}

/** Uses the same default as programs: the project of the place that specifies the server. */
export function projectIn({ project, ...values }: DaemonValues & { project?: string | undefined }): string {
  return projectOf({ project, remote: remoteOf(values) }, {});
}

export function daemonOf(values: DaemonValues): Client {
  return clientFor(resolveCredentials(locate(remoteOf(values)), process.env));
}

/** If a place has no setting of its own, advice refers to the options. */
function locate(explicit: RemoteInputs): Location {
  const location = findDaemon({ explicit, env: process.env });
  if (location !== undefined) {
    const isByOptions = location.namedBy === ofResource || location.namedBy?.startsWith("/") === true;
    return isByOptions ? { ...location, namedBy: ofCommand } : location;
  }
  throw new LxdError({
    code: "unavailable",
    why: "no LXD or Incus daemon was found",
    advice:
      "Start a daemon, or name one with --socket, --remote or --address. `pulumi-lxd doctor` lists where it is looked for.",
  });
}
