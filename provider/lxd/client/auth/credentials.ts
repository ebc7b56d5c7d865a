// How this client authenticates to a remote server, and how it recognizes that server.
import { existsSync, readFileSync } from "node:fs";
import { LxdError } from "../../../base/errors";
import { normalizeAddress } from "../discovery/address";
import { serverOfBearer } from "../transport/bearer";
import { type CliRemote, type Environment } from "../discovery/cli-config";
import { findIdentity, keyFiles, makeIdentity } from "./identity";
import { type Credentials, type Location } from "../discovery/location";
import { type OidcLogin } from "./oidc";
import { type IdentityFiles } from "./own-identity";
import { fingerprintOf, readPem } from "./pem";
import { type HttpsTarget } from "../transport/tls-connector";
import { readToken, tokenFor } from "../discovery/trust-token";

/** The location of a server, with the credentials to access it. */
export type Target =
  | { socket: string; namedBy?: string | undefined }
  | (HttpsTarget & {
      /** The files that certificate and key were read from, unless they are in the settings. */
      files?: IdentityFiles | undefined;
      isOwn?: boolean | undefined;
      trustToken?: string | undefined;
      bearerToken?: string | undefined;
      oidc?: OidcLogin | undefined;
    });

/** A token for whichever server issued it: it is sent only to the server whose address it contains. */
const tokenVariable = "PULUMI_LXD_TRUST_TOKEN";

/** Adds certificate, key, token and server pin to an address; a socket needs none of them. */
export function resolveCredentials(location: Location, env: Environment): Target {
  const { namedBy } = location;
  if ("socket" in location) return { socket: location.socket, namedBy };
  const { remote } = location;
  const addresses = location.addresses.map(normalizeAddress);
  const trustToken = location.credentials.trustToken ?? tokenFor(addresses, env[tokenVariable], tokenVariable);
  const credentials = { ...location.credentials, trustToken };
  const { bearerToken } = credentials;
  const known = { addresses, namedBy, ...pins(credentials, { remote, addresses }) };
  if (bearerToken !== undefined) return { ...known, bearerToken };
  if (remote?.usesOidc === true && credentials.clientCertificate === undefined) {
    return { ...known, oidc: { cli: remote.cli, name: remote.name, folder: remote.folder } };
  }
  return { ...known, ...findIdentity(credentials, remote, env), trustToken };
}

/** Generates a client certificate for a trust token if there is none. */
export function withClientCertificate(target: Target, env: Environment): Target {
  if ("socket" in target || target.trustToken === undefined || target.clientCertificate !== undefined) return target;
  return { ...target, ...makeIdentity(env) };
}

/** Returns what identifies the server: a fingerprint, otherwise a certificate authority. */
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
    const advice =
      "One of them belongs to another server, or is older than the renewal of its certificate: remove it (`pulumi config rm lxd:trustToken`), or correct it in the program.";
    throw invalid(
      `the trust token was issued by the server ${token}, but serverCertificateFingerprint is ${given}`,
      advice,
    );
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

/**
 * A private certificate authority: from the settings, otherwise `client.ca` in the command line client's directory (its
 * PKI mode).
 */
function authority({ certificateAuthority }: Credentials, remote: CliRemote | undefined): string | undefined {
  if (certificateAuthority !== undefined) return readPem(certificateAuthority, "certificateAuthority");
  const files = remote === undefined ? [] : keyFiles(remote.folder, remote.name).map(({ ca }) => ca);
  const file = files.find((each) => existsSync(each));
  return file === undefined ? undefined : readFileSync(file, "utf8");
}

function invalid(why: string, advice = "Correct it with `pulumi config set lxd:…`, or in the program."): LxdError {
  return new LxdError({ code: "invalid-argument", why, advice });
}
