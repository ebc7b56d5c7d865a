// Which daemon a command works with: the options that all of them have, and what is looked at without them.
import { type Client } from "../client/client";
import { clientFor } from "../client/connections";
import { complete } from "../client/credentials";
import { discover, type RemoteInputs } from "../client/discovery";

export const daemonOptions = {
  socket: { type: "string" },
  address: { type: "string" },
  "server-certificate-fingerprint": { type: "string" },
} as const;

export const daemonHelp = `  --socket PATH      the daemon's unix socket   (default: as in a program, without a stack's config)
  --address URL      a daemon over HTTPS, with the certificate of the command lines of Incus or LXD
  --server-certificate-fingerprint HEX   what that daemon is known by`;

export interface DaemonValues extends Pick<RemoteInputs, "socket" | "address"> {
  "server-certificate-fingerprint"?: string | undefined;
}

export function daemonOf(values: DaemonValues): Client {
  const { socket, address, "server-certificate-fingerprint": serverCertificateFingerprint } = values;
  const explicit = { socket, address, serverCertificateFingerprint };
  return clientFor(complete(discover({ explicit, env: process.env }), {}, process.env));
}
