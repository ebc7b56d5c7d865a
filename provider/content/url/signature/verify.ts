// Verifies the signature of a checksum list, and returns the text that is signed.
import { readFile } from "node:fs/promises";
import { LxdError } from "../../../base/errors";
import { expandPath } from "../../local-file/file";
import { unreadable } from "../../local-file/file-problems";
import { isMinisignKey, verifyMinisign } from "./minisign";
import { isCleartext, isOpenPgpKey, verifyOpenPgp } from "./openpgp";
import { isPemKey, verifyRaw } from "./raw-signature";

export interface SignedBytes {
  list: Buffer;
  /** Undefined if the list contains its signature. */
  signature: Buffer | undefined;
  /** The text of the key, or the path of its file. */
  publicKey: string;
}

/** Throws if the list has no valid signature of the key. */
export async function verifiedText({ list, signature, publicKey }: SignedBytes): Promise<string> {
  const key = isKeyText(publicKey) ? Buffer.from(publicKey) : await keyInFile(publicKey);
  if (signature === undefined && !isCleartext(list)) throw unsigned();
  const text = key.toString("latin1");
  if (isOpenPgpKey(key)) return verifyOpenPgp({ list, signature, key });
  if (signature === undefined) {
    const why = "the list is signed with OpenPGP, but the public key is of another kind";
    throw new LxdError({ code: "invalid-argument", why, advice: "Set the OpenPGP key of the publisher." });
  }
  if (isMinisignKey(text)) verifyMinisign({ list, signature, key: text });
  else if (isPemKey(text)) verifyRaw({ list, signature, key: text });
  else throw unknownKey();
  return list.toString("utf8");
}

/** Whether it is the key itself, not the path of its file. */
export function isKeyText(text: string): boolean {
  return isMinisignKey(text) || text.includes("-----BEGIN ");
}

async function keyInFile(given: string): Promise<Buffer> {
  const path = expandPath(given);
  return readFile(path).catch((error: unknown) => {
    throw unreadable(given, path, error);
  });
}

function unsigned(): LxdError {
  return new LxdError({
    code: "invalid-argument",
    why: "the list does not contain a signature",
    advice: "Set checksum.signature to the URL or path of the signature, which publishers put next to the list.",
  });
}

function unknownKey(): LxdError {
  return new LxdError({
    code: "invalid-argument",
    why: "checksum.publicKey is not a public key of a known kind",
    advice:
      "Use an OpenPGP key (armored text, or the path of a keyring), a minisign key (RW…), or a PEM public key as cosign writes it.",
  });
}
