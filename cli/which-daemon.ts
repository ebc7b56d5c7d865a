// Which daemon a command works with: the options that all of them have, and what is looked at without them.
import { type Client } from "../provider/lxd/client/core/client";
import { clientFor } from "../provider/lxd/client/core/connections";
import { resolveCredentials } from "../provider/lxd/client/auth/credentials";
import { discover } from "../provider/lxd/client/discovery/discovery";
import { type RemoteInputs } from "../provider/lxd/client/discovery/location";
import { projectOf } from "../provider/resources/shared/common";

export const daemonOptions = {
  remote: { type: "string" },
  socket: { type: "string" },
  address: { type: "string" },
  "server-certificate-fingerprint": { type: "string" },
} as const;

export const daemonHelp = `  --remote NAME      a remote of the command line of Incus or LXD
  --socket PATH      the daemon's unix socket   (default: as in a program, without a stack's config)
  --address URL      a daemon over HTTPS, with the certificate of the command lines of Incus or LXD
  --server-certificate-fingerprint HEX   what that daemon is known by`;

/** Of commands that work with the images of a project. */
export const imageOptions = {
  project: { type: "string" },
  ...daemonOptions,
  help: { type: "boolean", short: "h", default: false },
} as const;

export const imageHelp = `  --project PROJECT  the project on the server  (default: as in a program, without a stack's config)
${daemonHelp}
  -h, --help         this text`;

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
