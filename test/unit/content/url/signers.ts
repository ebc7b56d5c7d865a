// Makes keys, and signs lists with them as publishers do.
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";

export interface Signer {
  publicKey: string;
  sign(list: Buffer): Promise<string>;
}

export interface OpenPgpSigner extends Signer {
  signInline(list: string): Promise<string>;
}

export interface OpenPgpOptions {
  /** When the list is signed. */
  date?: Date;
  /** Until when the key is valid, from its creation two days ago on. */
  keyExpiresAfterS?: number;
}

const day = 86_400_000;

export async function openPgpSigner({ date, keyExpiresAfterS }: OpenPgpOptions = {}): Promise<OpenPgpSigner> {
  const openpgp = await import("openpgp");
  const { privateKey, publicKey } = await openpgp.generateKey({
    userIDs: [{ name: "Publisher", email: "publisher@example.org" }],
    date: new Date(Date.now() - 2 * day),
    ...(keyExpiresAfterS !== undefined && { keyExpirationTime: keyExpiresAfterS }),
  });
  const signingKeys = await openpgp.readPrivateKey({ armoredKey: privateKey });
  const at = date === undefined ? {} : { date };
  return {
    publicKey,
    sign: async (list) => {
      const message = await openpgp.createMessage({ binary: new Uint8Array(list) });
      return (await openpgp.sign({ message, signingKeys, detached: true, ...at })) as string;
    },
    signInline: async (text) => {
      const message = await openpgp.createCleartextMessage({ text });
      return openpgp.sign({ message, signingKeys, ...at });
    },
  };
}

/** As `minisign -S`, or `minisign -Sl` for `isLegacy`. */
export function minisignSigner(isLegacy = false): Signer {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const raw = Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url");
  const id = createHash("sha256").update(raw).digest().subarray(0, 8);
  const line = Buffer.concat([Buffer.from("Ed"), id, raw]).toString("base64");
  return {
    publicKey: `untrusted comment: minisign public key\n${line}\n`,
    sign: (list) => {
      const signed = isLegacy ? list : createHash("blake2b512").update(list).digest();
      const value = sign(null, signed, privateKey);
      const trusted = "timestamp:1795843440\tfile:SHA256SUMS";
      const global = sign(null, Buffer.concat([value, Buffer.from(trusted)]), privateKey);
      const packed = Buffer.concat([Buffer.from(isLegacy ? "Ed" : "ED"), id, value]).toString("base64");
      return Promise.resolve(
        `untrusted comment: signature\n${packed}\ntrusted comment: ${trusted}\n${global.toString("base64")}\n`,
      );
    },
  };
}

/** As `cosign sign-blob --key`. */
export function cosignSigner(): Signer {
  return pemSigner(generateKeyPairSync("ec", { namedCurve: "P-256" }), "sha256");
}

/** As `openssl dgst -sign` with an RSA key. */
export function rsaSigner(): Signer {
  return pemSigner(generateKeyPairSync("rsa", { modulusLength: 2048 }), "sha256");
}

function pemSigner(pair: { privateKey: KeyObject; publicKey: KeyObject }, hash: string): Signer {
  return {
    publicKey: pair.publicKey.export({ type: "spki", format: "pem" }).toString(),
    sign: (list) => Promise.resolve(sign(hash, list, pair.privateKey).toString("base64")),
  };
}
