// Enrolls this client with a server, once, by a trust token that the user provided.
import { type ErrorDetails, LxdError } from "../../../base/errors";
import { endOfBearer } from "../transport/bearer";
import { type Requests } from "../core/requests";
import { type OidcLogin } from "./oidc";
import { type IdentityFiles } from "./own-identity";
import { path } from "../transport/paths";
import { fingerprintOf, parseCertificate } from "./pem";
import { type ServerInfo } from "../discovery/server-info";
import { expiryOf } from "../discovery/trust-token";

/** How the server identifies the client. */
export interface ClientProof {
  clientCertificate?: string | undefined;
  /** To use for a server that does not trust the certificate yet. */
  trustToken?: string | undefined;
  bearerToken?: string | undefined;
  oidc?: OidcLogin | undefined;
  /** The files of the certificate, unless it is in the settings, and whether this package generated it. */
  files?: IdentityFiles | undefined;
  isOwn?: boolean | undefined;
}

/** Sends the token. A server that already trusts the client never receives it. */
export async function enroll(client: Requests, info: ServerInfo, proof: ClientProof): Promise<void> {
  const { trustToken, clientCertificate } = proof;
  // Servers mark the token as used before they notice that there is no certificate to trust.
  if (trustToken === undefined || clientCertificate === undefined) throw untrusted(client.transport.place, proof);
  const doing = `enroll at ${client.transport.place}`;
  const advice = "Create a new trust token with `incus config trust add NAME` or `lxc config trust add --name NAME`.";
  const expired = expiryOf(trustToken);
  if (expired !== undefined) {
    const why = `the trust token has expired, on ${expired.toISOString()}`;
    throw new LxdError({ code: "permission-denied", doing, why, advice });
  }
  const field = takesTokensAsPassword(info) ? "password" : "trust_token";
  try {
    const json = { type: "client", [field]: trustToken };
    await client.change({ method: "POST", path: path("certificates"), json });
  } catch (error) {
    const { code, why, request } = LxdError.from(error).details;
    const hint = `${advice} A token is valid once, for a limited time, and only on the server that issued it.`;
    throw new LxdError({ code, doing, why, request, advice: proof.isOwn === true ? `${hint}\n${onLostKeys}` : hint });
  }
}

/**
 * LXD accepted tokens as passwords before they had a field of their own. Servers that hide their information from
 * untrusted clients are newer.
 */
function takesTokensAsPassword({ product, extensions }: ServerInfo): boolean {
  return product === "lxd" && extensions.size > 0 && !extensions.has("explicit_trust_token");
}

const onLostKeys =
  "If each run creates a client certificate because its folder does not persist, set PULUMI_LXD_HOME to a persistent folder, or set lxd:clientCertificate and lxd:clientKey.";

/** Returns an error that explains why the server does not trust the client, as far as this side can tell. */
export function untrusted(place: string, proof: ClientProof): LxdError {
  return new LxdError({ code: "permission-denied", ...explain(place, proof) });
}

function explain(
  place: string,
  { clientCertificate, bearerToken, oidc, files }: ClientProof,
): Pick<ErrorDetails, "why" | "advice" | "reason"> {
  if (bearerToken !== undefined) {
    const end = endOfBearer(bearerToken);
    const expired = end !== undefined && end < new Date() ? `, which has expired (${end.toISOString()})` : "";
    return {
      why: `the server at ${place} does not accept the bearer token${expired}`,
      advice: "Set a valid token with `pulumi config set --secret lxd:bearerToken TOKEN`.",
    };
  }
  if (oidc !== undefined) {
    const { cli, name } = oidc;
    return {
      why: `the server at ${place} does not accept the login of the remote "${name}"`,
      advice: `Log in again with \`${cli} info ${name}:\`.`,
    };
  }
  if (clientCertificate === undefined) {
    const why = `the server at ${place} requires a client certificate, and there is no client certificate`;
    return { why, advice: adviceOnCertificates, reason: "untrusted-client" };
  }
  const why = ofCertificate(place, clientCertificate, files);
  return { why, advice: adviceOnTrust(files), reason: "untrusted-client" };
}

const adviceOnCertificates =
  "Set a trust token of that server (`pulumi config set --secret lxd:trustToken TOKEN`), which enrolls a new certificate, or set lxd:clientCertificate and lxd:clientKey.";

function adviceOnTrust(files: IdentityFiles | undefined): string {
  const file = files?.certificate ?? "FILE";
  return `Add the certificate there (\`incus config trust add-certificate ${file}\`, \`lxc config trust add ${file}\`), or \`pulumi config set --secret lxd:trustToken TOKEN\`.`;
}

function ofCertificate(place: string, pem: string, files: IdentityFiles | undefined): string {
  const end = new Date(parseCertificate(pem, "the client certificate").validTo);
  const expired = end < new Date() ? `, which has expired (${end.toISOString()})` : "";
  const from = files === undefined ? "" : ` (${files.certificate})`;
  const which = `${fingerprintOf(pem, "the client certificate")}${from}${expired}`;
  return `the server at ${place} does not trust this client's certificate ${which}`;
}
