// What users say of a daemon, and what comes of it: where it is and how to be let in.
import { type CliRemote, type Environment } from "./cli-config";

/** How a client knows a server and proves itself to it. Certificates and keys are PEM, or paths of files with it. */
export interface Credentials {
  serverCertificateFingerprint?: string | undefined;
  certificateAuthority?: string | undefined;
  clientCertificate?: string | undefined;
  clientKey?: string | undefined;
  trustToken?: string | undefined;
  bearerToken?: string | undefined;
}

/** Which daemon a resource names for itself. */
export interface RemoteInputs extends Credentials {
  /** What the command line `incus` or `lxc` calls it. */
  name?: string | undefined;
  socket?: string | undefined;
  address?: string | undefined;
  project?: string | undefined;
}

/** What a stack's config says about the connection. */
export interface ConnectionConfig extends Credentials {
  remote?: string | undefined;
  socket?: string | undefined;
  address?: string | undefined;
}

export interface Surroundings {
  /** The resource's own `remote`. */
  explicit?: RemoteInputs | undefined;
  /** Stack config, keys `lxd:…`. */
  config?: ConnectionConfig | undefined;
  env: Environment;
  exists?: (path: string) => boolean;
  isWritable?: (path: string) => boolean;
}

/** Where a daemon is, and what was said in the same breath about how to be let in, and where to work. */
export type Location = ({ socket: string } | { addresses: string[]; credentials: Credentials }) & {
  remote?: CliRemote | undefined;
  /** Of resources for which nothing nearer names one. */
  project?: string | undefined;
  /** What named it, in the words of the list of places: advice is of use only there. */
  namedBy?: string | undefined;
};
