// Which client certificate and key are shown to a server: those of the settings, else those of a folder.
import { join } from "node:path";
import { LxdError } from "../../../base/errors";
import { cliFolders, type CliRemote, type Environment } from "../discovery/cli-config";
import { type Credentials } from "../discovery/location";
import { areThere, type IdentityFiles, makeOwnIdentity, ownFiles, requirePrivate } from "./own-identity";
import { checkIdentity, type Identity, readPem } from "./pem";

export interface KnownIdentity extends Identity {
  /** The files that they were read from, if they are not of the settings. */
  files?: IdentityFiles | undefined;
  /** Whether they were made here, and not by a command line or the user. */
  isOwn?: boolean | undefined;
}

/** Of the settings, as PEM or as a path; else of a folder. Undefined if there are none. */
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

/** For a client that has none and is to be trusted from now on. */
export function makeIdentity(env: Environment): KnownIdentity {
  return load(makeOwnIdentity(env), env);
}

/**
 * For a remote of a command line that command line's, which the server has met. Else our own before any command line's:
 * it is there because a server trusts it, and must not lose to one that is installed later.
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

/** In a command line's folder. A pair for one server alone comes before the one for all. */
export function keyFiles(folder: string, name: string | undefined): (IdentityFiles & { ca: string })[] {
  const own = name === undefined ? [] : [join(folder, "clientcerts", name)];
  return [...own, join(folder, "client")].map((base) => ({
    certificate: `${base}.crt`,
    key: `${base}.key`,
    ca: `${base}.ca`,
  }));
}
