// Selects the client certificate and key for a server: from the settings, otherwise from a directory.
import { join } from "node:path";
import { LxdError } from "../../../base/errors";
import { cliFolders, type CliRemote, type Environment } from "../discovery/cli-config";
import { type Credentials } from "../discovery/location";
import { areThere, type IdentityFiles, makeOwnIdentity, ownFiles, requirePrivate } from "./own-identity";
import { checkIdentity, type Identity, readPem } from "./pem";

export interface KnownIdentity extends Identity {
  /** The files that they were read from, unless they are in the settings. */
  files?: IdentityFiles | undefined;
  /** Whether this package generated them. */
  isOwn?: boolean | undefined;
}

/**
 * Finds certificate and key in the settings, as PEM or as paths, otherwise in a directory. Undefined if there are none.
 */
export function findIdentity(
  { clientCertificate, clientKey }: Credentials,
  remote: CliRemote | undefined,
  env: Environment,
): KnownIdentity | undefined {
  if (clientCertificate === undefined && clientKey === undefined) return ofFolders(remote, env);
  if (clientCertificate === undefined || clientKey === undefined) {
    throw new LxdError({
      code: "invalid-argument",
      why: "clientCertificate and clientKey must be set together; one of them is missing",
      advice: "Correct it with `pulumi config set lxd:…`, or in the program.",
    });
  }
  const pair = {
    clientCertificate: readPem(clientCertificate, "clientCertificate"),
    clientKey: readPem(clientKey, "clientKey"),
  };
  return checkIdentity(pair, "clientCertificate and clientKey");
}

/** Generates an identity for a client without one that is about to be enrolled. */
export function makeIdentity(env: Environment): KnownIdentity {
  return load(makeOwnIdentity(env), env);
}

/**
 * For a remote of a command line client, returns that client's identity, which the server knows. Otherwise prefers our
 * own identity: it exists because a server trusts it, and must not give way to a command line client that is installed
 * later.
 */
function ofFolders(remote: CliRemote | undefined, env: Environment): KnownIdentity | undefined {
  const own = [ownFiles(env)].flatMap((files) => files ?? []);
  const folders = remote === undefined ? [...cliFolders("incus", env), ...cliFolders("lxc", env)] : [remote.folder];
  const theirs = folders.flatMap((folder) => keyFiles(folder, remote?.name));
  const found = (remote === undefined ? [...own, ...theirs] : [...theirs, ...own]).find(areThere);
  return found === undefined ? undefined : load(found, env);
}

function load(files: IdentityFiles, env: Environment): KnownIdentity {
  const isOwn = files.key === ownFiles(env)?.key;
  if (isOwn) requirePrivate(files);
  const read = (file: string): string => readPem(file, file);
  const pair = { clientCertificate: read(files.certificate), clientKey: read(files.key) };
  return { ...checkIdentity(pair, files.certificate), files, isOwn };
}

/** Returns the files in a command line client's directory. A pair for one particular server has precedence. */
export function keyFiles(folder: string, name: string | undefined): (IdentityFiles & { ca: string })[] {
  const own = name === undefined ? [] : [join(folder, "clientcerts", name)];
  return [...own, join(folder, "client")].map((base) => ({
    certificate: `${base}.crt`,
    key: `${base}.key`,
    ca: `${base}.ca`,
  }));
}
