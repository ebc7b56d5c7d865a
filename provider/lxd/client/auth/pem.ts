// Reads certificates and keys given as PEM text or as the path of a file.
import { createHash, createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { LxdError } from "../../../base/errors";

export interface Identity {
  clientCertificate: string;
  clientKey: string;
}

/** Returns the PEM text. `what` names the value in errors, which never repeat it, because it may be secret. */
export function readPem(value: string, what: string): string {
  if (value.includes("-----BEGIN")) return value;
  try {
    return readFileSync(value, "utf8");
  } catch {
    throw invalid(`${what} is neither PEM nor the path of a file that can be read`);
  }
}

/** Checks that certificate and key are usable and returns both: TLS itself would report only that it failed. */
export function checkIdentity({ clientCertificate, clientKey }: Identity, what: string): Identity {
  const certificate = parseCertificate(clientCertificate, `the client certificate (${what})`);
  if (clientKey.includes("ENCRYPTED")) {
    throw invalid(
      `the client key (${what}) is protected by a passphrase, which cannot be entered here`,
      "Use a key without a passphrase: `openssl pkey -in client.key -out plain.key`.",
    );
  }
  try {
    if (certificate.checkPrivateKey(createPrivateKey(clientKey))) return { clientCertificate, clientKey };
  } catch {
    throw invalid(`the client key (${what}) is not a private key in PEM format`);
  }
  throw invalid(`the client key does not match the client certificate (${what})`);
}

/** Returns the SHA-256 fingerprint as 64 lower-case hexadecimal digits, as LXD and Incus write it. */
export function fingerprintOf(pem: string, what: string): string {
  return createHash("sha256").update(parseCertificate(pem, what).raw).digest("hex");
}

export function parseCertificate(pem: string, what: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw invalid(`${what} is not a certificate in PEM format`);
  }
}

function invalid(why: string, advice = "Correct it with `pulumi config set`, or in the program."): LxdError {
  return new LxdError({ code: "invalid-argument", why, advice });
}
