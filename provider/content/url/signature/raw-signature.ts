// Verifies signatures without a format of their own, as `cosign sign-blob --key` and `openssl dgst -sign` make them.
import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { badSignature, malformed } from "./problems";

export function isPemKey(text: string): boolean {
  return /-----BEGIN (RSA )?PUBLIC KEY-----/.test(text);
}

interface Signed {
  list: Buffer;
  /** The signature itself, or its base64. */
  signature: Buffer;
  key: string;
}

export function verifyRaw({ list, signature, key }: Signed): void {
  const publicKey = parseKey(key);
  const text = signature.toString("latin1").trim();
  const bytes = /^[A-Za-z0-9+/\s]+={0,2}$/.test(text) ? Buffer.from(text, "base64") : signature;
  if (!verify(hashFor(publicKey), list, publicKey, bytes)) throw badSignature("it does not match the list and the key");
}

function parseKey(key: string): KeyObject {
  try {
    return createPublicKey(key);
  } catch (error) {
    throw malformed("checksum.publicKey", "PEM public key", error);
  }
}

/** Ed25519 has its own hash; the hashes for curves are those of cosign. */
function hashFor({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): string | null {
  if (type === "ed25519" || type === "ed448") return null;
  const curves: Record<string, string> = { secp384r1: "sha384", secp521r1: "sha512" };
  return curves[details?.namedCurve ?? ""] ?? "sha256";
}
