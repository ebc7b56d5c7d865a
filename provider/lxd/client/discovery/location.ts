// Types for what users specify about a server, and for the resulting location and credentials.
import { type CliRemote, type Environment } from "./cli-config";

/** How a client recognizes a server and authenticates to it. Certificates and keys are PEM text or paths of files. */
export interface Credentials {
  serverCertificateFingerprint?: string | undefined;
  certificateAuthority?: string | undefined;
  clientCertificate?: string | undefined;
  clientKey?: string | undefined;
  trustToken?: string | undefined;
  bearerToken?: string | undefined;
}

/** The server that a resource specifies. */
export interface RemoteInputs extends Credentials {
  /** Name of the remote in the command line client `incus` or `lxc`. */
  name?: string | undefined;
  socket?: string | undefined;
  address?: string | undefined;
  project?: string | undefined;
}

/** Connection settings in the stack's config. */
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

/** The location of a server, with the credentials and the project that were specified together with it. */
export type Location = ({ socket: string } | { addresses: string[]; credentials: Credentials }) & {
  remote?: CliRemote | undefined;
  /** The default project of resources on this server. */
  project?: string | undefined;
  /** What selected the server, as named in the list of places; advice refers to it. */
  namedBy?: string | undefined;
};
