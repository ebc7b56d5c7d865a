// Verifies signatures of minisign and signify-like keys: Ed25519 over the file, or over its BLAKE2b hash.
import { createHash, createPublicKey, verify } from "node:crypto";
import { badSignature, malformed } from "./problems";

const idBytes = 8;
const signatureBytes = 64;
const comment = "trusted comment: ";

/** A key is one line of base64 that begins with `Ed`; its file has a comment before. */
export function isMinisignKey(text: string): boolean {
  return /^(untrusted comment:[^\n]*\n)?RW[A-Za-z0-9+/]{54}\s*$/.test(text.trim());
}

interface Signed {
  list: Buffer;
  signature: Buffer;
  key: string;
}

export function verifyMinisign({ list, signature, key }: Signed): void {
  const { id, publicKey } = parseKey(key);
  const { algorithm, keyId, value, trusted, global } = parseSignature(signature.toString("utf8"));
  if (!keyId.equals(id)) {
    throw badSignature(`it was made by the key ${idOf(keyId)}, not by ${idOf(id)}`);
  }
  const signed = algorithm === "ED" ? createHash("blake2b512").update(list).digest() : list;
  if (!verify(null, signed, publicKey, value)) throw badSignature("it does not match the list");
  const whole = Buffer.concat([value, Buffer.from(trusted)]);
  if (!verify(null, whole, publicKey, global)) throw badSignature("its trusted comment was changed");
}

function parseKey(text: string): { id: Buffer; publicKey: ReturnType<typeof createPublicKey> } {
  const bytes = Buffer.from(text.trim().split("\n").at(-1) ?? "", "base64");
  const x = bytes.subarray(2 + idBytes).toString("base64url");
  const publicKey = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  return { id: bytes.subarray(2, 2 + idBytes), publicKey };
}

function parseSignature(text: string): {
  algorithm: string;
  keyId: Buffer;
  value: Buffer;
  trusted: string;
  global: Buffer;
} {
  const [, line = "", trusted = "", last = ""] = text.split(/\r?\n/);
  const [bytes, global] = [Buffer.from(line, "base64"), Buffer.from(last, "base64")];
  const algorithm = bytes.toString("latin1", 0, 2);
  const isComplete = bytes.length === 2 + idBytes + signatureBytes && global.length === signatureBytes;
  if (!isComplete || !/^E[dD]$/.test(algorithm) || !trusted.startsWith(comment)) {
    throw malformed("checksum.signature", "minisign signature");
  }
  const keyId = bytes.subarray(2, 2 + idBytes);
  return { algorithm, keyId, value: bytes.subarray(2 + idBytes), trusted: trusted.slice(comment.length), global };
}

/** As minisign prints it. */
function idOf(id: Buffer): string {
  return Buffer.from(id).reverse().toString("hex").toUpperCase();
}
