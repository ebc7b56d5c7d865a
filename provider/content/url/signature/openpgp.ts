// Verifies OpenPGP signatures, detached or around the list. The library is loaded when one is to be verified.
import type * as library from "openpgp" with { "resolution-mode": "import" };
import { badSignature, malformed } from "./problems";

const armoredKey = /-----BEGIN PGP PUBLIC KEY BLOCK-----[^]*?-----END PGP PUBLIC KEY BLOCK-----/g;
const cleartext = "-----BEGIN PGP SIGNED MESSAGE-----";
const armoredSignature = "-----BEGIN PGP SIGNATURE-----";

/** Armored text, or a keyring: its first byte is a packet of a public key. */
export function isOpenPgpKey(key: Buffer): boolean {
  return [0x98, 0x99, 0x9a, 0xc6].includes(key[0] ?? 0) || key.includes("-----BEGIN PGP PUBLIC KEY BLOCK-----");
}

export function isCleartext(list: Buffer): boolean {
  return list.toString("latin1").trimStart().startsWith(cleartext);
}

interface Signed {
  list: Buffer;
  /** Undefined: the list contains it. */
  signature: Buffer | undefined;
  key: Buffer;
}

type OpenPgp = typeof library;
type Signatures = Awaited<ReturnType<OpenPgp["verify"]>>["signatures"];

/** Returns the text that is signed: what stands around it in the list is not. */
export async function verifyOpenPgp({ list, signature, key }: Signed): Promise<string> {
  const openpgp = await import("openpgp");
  const verificationKeys = (await keysIn(openpgp, key)).map((each) => each.toPublic());
  if (signature !== undefined) {
    const message = await openpgp.createMessage({ binary: new Uint8Array(list), format: "binary" });
    const detached = await signatureIn(openpgp, signature);
    const { signatures } = await openpgp.verify({ message, signature: detached, verificationKeys });
    await requireOneValid(signatures);
    return list.toString("utf8");
  }
  const message = await openpgp
    .readCleartextMessage({ cleartextMessage: list.toString("utf8").trimStart() })
    .catch((error: unknown) => {
      throw malformed("checksum.signature", "signature in the list", error);
    });
  const { data, signatures } = await openpgp.verify({ message, verificationKeys });
  await requireOneValid(signatures);
  return data;
}

/** A file may contain several armored keys. */
async function keysIn(openpgp: OpenPgp, key: Buffer): ReturnType<OpenPgp["readKeys"]> {
  try {
    const armored = key.toString("utf8").match(armoredKey);
    if (armored === null) return await openpgp.readKeys({ binaryKeys: new Uint8Array(key) });
    return (await Promise.all(armored.map((armoredKeys) => openpgp.readKeys({ armoredKeys })))).flat();
  } catch (error) {
    throw malformed("checksum.publicKey", "OpenPGP key", error);
  }
}

async function signatureIn(openpgp: OpenPgp, bytes: Buffer): ReturnType<OpenPgp["readSignature"]> {
  try {
    return bytes.includes(armoredSignature)
      ? await openpgp.readSignature({ armoredSignature: bytes.toString("utf8") })
      : await openpgp.readSignature({ binarySignature: new Uint8Array(bytes) });
  } catch (error) {
    throw malformed("checksum.signature", "OpenPGP signature", error);
  }
}

/** Lists may have signatures of several keys, of which the program knows one. */
async function requireOneValid(signatures: Signatures): Promise<void> {
  const reasons: string[] = [];
  for (const { verified, keyID } of signatures) {
    try {
      await verified;
      return;
    } catch (error) {
      reasons.push(reasonOf(error, keyID.toHex()));
    }
  }
  throw badSignature(reasons.length === 0 ? "it contains no signature" : reasons.join("; "));
}

function reasonOf(error: unknown, keyId: string): string {
  const { message } = error as Error;
  if (message.startsWith("Could not find signing key")) {
    return `it was made by the key ${keyId.toUpperCase()}, which is not in checksum.publicKey`;
  }
  if (/digest did not match/.test(message)) return "it does not match the list";
  return `${message.charAt(0).toLowerCase()}${message.slice(1)} (key ${keyId.toUpperCase()})`;
}
