// Which daemon a command works with: the options that all of them have, and what is looked at without them.
import { type Client } from "../provider/lxd/client/core/client";
import { clientFor } from "../provider/lxd/client/core/connections";
import { resolveCredentials } from "../provider/lxd/client/auth/credentials";
import { discover } from "../provider/lxd/client/discovery/discovery";
import { type RemoteInputs } from "../provider/lxd/client/discovery/location";
import { projectOf } from "../provider/resources/shared/common";

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

/** Of commands that work in a project. */
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
  return { name, socket, address, serverCertificateFingerprint };
}

/** As in a program: if none is said, that of the place that names the daemon. */
export function projectIn({ project, ...values }: DaemonValues & { project?: string | undefined }): string {
  return projectOf({ project, remote: remoteOf(values) }, {});
}

export function daemonOf(values: DaemonValues): Client {
  return clientFor(resolveCredentials(discover({ explicit: remoteOf(values), env: process.env }), process.env));
}
