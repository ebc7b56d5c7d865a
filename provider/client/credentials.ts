// How this client proves itself to a server that is not on this machine, and how it knows that server.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LxdError } from "../errors";
import { normalizeAddress } from "./address";
import { serverOfBearer } from "./bearer";
import { type CliRemote, cliFolders, type Environment } from "./cli-config";
import { type Credentials, type Location } from "./location";
import { type OidcLogin } from "./oidc";
import { checkIdentity, fingerprintOf, type Identity, readPem } from "./pem";
import { type HttpsTarget } from "./tls-connector";
import { readToken } from "./trust-token";

/** Where a daemon is, with what is needed to be let in. */
export type Target =
  | { socket: string }
  | (HttpsTarget & {
      trustToken?: string | undefined;
      bearerToken?: string | undefined;
      oidc?: OidcLogin | undefined;
    });

/** Adds certificate, key, token and what pins the server to an address; a socket needs none of them. */
export function complete(location: Location, env: Environment): Target {
  if ("socket" in location) return { socket: location.socket };
  const { credentials, remote } = location;
  const addresses = location.addresses.map(normalizeAddress);
  const { bearerToken } = credentials;
  const known = { addresses, ...pins(credentials, { remote, addresses }) };
  if (bearerToken !== undefined) return { ...known, bearerToken };
  if (remote?.usesOidc === true && credentials.clientCertificate === undefined) {
    return { ...known, oidc: { cli: remote.cli, name: remote.name, folder: remote.folder } };
  }
  return { ...known, ...identity(credentials, remote, env), trustToken: credentials.trustToken };
}

/** What this server is known by: a fingerprint, else a CA. */
function pins(
  credentials: Credentials,
  { remote, addresses }: { remote: CliRemote | undefined; addresses: string[] },
): Pick<HttpsTarget, "fingerprint" | "pinnedBy" | "certificateAuthority"> {
  const { serverCertificateFingerprint, trustToken, bearerToken } = credentials;
  const token = trustToken === undefined ? undefined : readToken(trustToken, addresses).fingerprint;
  const given = serverCertificateFingerprint?.replaceAll(":", "").toLowerCase();
  if (given !== undefined && !/^[0-9a-f]{64}$/.test(given)) {
    throw invalid("serverCertificateFingerprint must be 64 hexadecimal digits");
  }
  if (token !== undefined && given !== undefined && given !== token) {
    throw invalid(`the trust token is of the server ${token}, and serverCertificateFingerprint is ${given}`);
  }
  const certificateAuthority = authority(credentials, remote);
  if (given !== undefined) return { fingerprint: given, pinnedBy: "serverCertificateFingerprint" };
  if (token !== undefined) return { fingerprint: token, pinnedBy: "the trust token" };
  const bearer = bearerToken === undefined ? undefined : serverOfBearer(bearerToken);
  if (bearer !== undefined) return { fingerprint: bearer, pinnedBy: "the bearer token" };
  const file = remote?.serverCertificate;
  if (file === undefined) return { certificateAuthority };
  return { fingerprint: fingerprintOf(readFileSync(file, "utf8"), file), pinnedBy: file };
}

/** A CA of one's own: of the settings, else of the command line's folder (`client.ca`, in its PKI mode). */
function authority({ certificateAuthority }: Credentials, remote: CliRemote | undefined): string | undefined {
  if (certificateAuthority !== undefined) return readPem(certificateAuthority, "certificateAuthority");
  const files = remote === undefined ? [] : keyFiles(remote.folder, remote.name).map(({ ca }) => ca);
  const file = files.find((each) => existsSync(each));
  return file === undefined ? undefined : readFileSync(file, "utf8");
}

/** Of the settings, as PEM or as a path; else those of the command line that knows the server, else of any. */
function identity(
  { clientCertificate, clientKey }: Credentials,
  remote: CliRemote | undefined,
  env: Environment,
): Partial<Identity> {
  if (clientCertificate === undefined && clientKey === undefined) return identityOfCommandLine(remote, env);
  if (clientCertificate === undefined || clientKey === undefined) {
    throw invalid("clientCertificate and clientKey belong together; one of them is missing");
  }
  const pair = {
    clientCertificate: readPem(clientCertificate, "clientCertificate"),
    clientKey: readPem(clientKey, "clientKey"),
  };
  return checkIdentity(pair, "clientCertificate and clientKey");
}

function identityOfCommandLine(remote: CliRemote | undefined, env: Environment): Partial<Identity> {
  const folders = remote === undefined ? [...cliFolders("incus", env), ...cliFolders("lxc", env)] : [remote.folder];
  const files = folders.flatMap((folder) => keyFiles(folder, remote?.name));
  const found = files.find(({ certificate, key }) => existsSync(certificate) && existsSync(key));
  if (found === undefined) return {};
  const read = (file: string): string => readPem(file, file);
  return checkIdentity({ clientCertificate: read(found.certificate), clientKey: read(found.key) }, found.certificate);
}

/** A pair for one server alone comes before the one for all. */
function keyFiles(folder: string, name: string | undefined): { certificate: string; key: string; ca: string }[] {
  const own = name === undefined ? [] : [join(folder, "clientcerts", name)];
  return [...own, join(folder, "client")].map((base) => ({
    certificate: `${base}.crt`,
    key: `${base}.key`,
    ca: `${base}.ca`,
  }));
}

function invalid(why: string): LxdError {
  const advice = "Put it right with `pulumi config set lxd:…`, or in the program.";
  return new LxdError({ code: "invalid-argument", why, advice });
}
