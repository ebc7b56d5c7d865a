// Generates a key pair and a self-signed client certificate, in the same form as `incus` and `lxc` do.
import type * as Asn from "@peculiar/asn1-schema";
import type * as X509 from "@peculiar/asn1-x509";
import { generateKeyPairSync, type KeyObject, randomBytes, sign, X509Certificate } from "node:crypto";
import { createRequire } from "node:module";
import { type Identity } from "./pem";

const dayMs = 86_400_000;
/** Same lifetime as those of the command line clients: nothing would renew it. */
const lifeMs = 3650 * dayMs;
/** Servers reject a certificate that is not valid yet, and their clocks may be behind. */
const skewMs = dayMs;
/** The maximum that X.520 allows. */
const longestName = 64;

const commonName = "2.5.4.3";
const ecdsaWithSha384 = "1.2.840.10045.4.3.3";

/** The server identifies it by its fingerprint only; `name` is for people. */
export function selfSignedClient(name: string): Identity {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-384" });
  const { asn, x509 } = libraries();
  const encode = (value: unknown): Buffer => Buffer.from(asn.AsnConvert.serialize(value));
  const signatureAlgorithm = new x509.AlgorithmIdentifier({ algorithm: ecdsaWithSha384 });
  const subject = nameOf(x509, name.slice(0, longestName));
  const now = new Date().getTime();
  const tbsCertificate = new x509.TBSCertificate({
    version: x509.Version.v3,
    serialNumber: serialNumber(),
    signature: signatureAlgorithm,
    issuer: subject,
    subject,
    validity: new x509.Validity({ notBefore: new Date(now - skewMs), notAfter: new Date(now + lifeMs) }),
    subjectPublicKeyInfo: asn.AsnConvert.parse(spkiOf(publicKey), x509.SubjectPublicKeyInfo),
    extensions: extensions({ asn, x509 }),
  });
  const signatureValue = bytes(sign("sha384", encode(tbsCertificate), privateKey));
  const certificate = new x509.Certificate({ tbsCertificate, signatureAlgorithm, signatureValue });
  return {
    clientCertificate: new X509Certificate(encode(certificate)).toString(),
    clientKey: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
  };
}

interface Libraries {
  asn: typeof Asn;
  x509: typeof X509;
}

/** Loading these libraries takes a tenth of a second, so only a run that generates a key does. */
function libraries(): Libraries {
  const load = createRequire(__filename);
  return {
    asn: load("@peculiar/asn1-schema") as typeof Asn,
    x509: load("@peculiar/asn1-x509") as typeof X509,
  };
}

function nameOf(x509: typeof X509, name: string): X509.Name {
  const attribute = { type: commonName, value: new x509.AttributeValue({ utf8String: name }) };
  return new x509.Name([new x509.RelativeDistinguishedName([new x509.AttributeTypeAndValue(attribute)])]);
}

/** Allows signatures and client authentication, and no issuing of other certificates. */
function extensions({ asn, x509 }: Libraries): X509.Extensions {
  const all: [string, boolean, unknown][] = [
    [x509.id_ce_keyUsage, true, new x509.KeyUsage(x509.KeyUsageFlags.digitalSignature)],
    [x509.id_ce_extKeyUsage, false, new x509.ExtendedKeyUsage([x509.id_kp_clientAuth])],
    [x509.id_ce_basicConstraints, true, new x509.BasicConstraints({ cA: false })],
  ];
  return new x509.Extensions(
    all.map(([extnID, critical, value]) => {
      const extnValue = new asn.OctetString(asn.AsnConvert.serialize(value));
      return new x509.Extension({ extnID, critical, extnValue });
    }),
  );
}

/** Positive and without leading zeros, which DER does not allow. */
function serialNumber(): ArrayBuffer {
  const serial = randomBytes(16);
  serial.writeUInt8((serial.readUInt8(0) & 0x3f) | 0x40);
  return bytes(serial);
}

function spkiOf(publicKey: KeyObject): Buffer {
  return publicKey.export({ type: "spki", format: "der" });
}

function bytes(buffer: Buffer): ArrayBuffer {
  return new Uint8Array(buffer).buffer;
}
