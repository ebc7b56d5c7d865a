// A self-signed certificate for 127.0.0.1, made in memory: tests of HTTPS need no tool and keep no key in the repository.
import { generateKeyPairSync, sign } from "node:crypto";

export interface Certificate {
  cert: string;
  key: string;
}

/** Tag, length, content of one DER element. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...derLength(content.length)]), content]);
}

/** As short as can be, or strict readers refuse the certificate. */
function derLength(length: number): number[] {
  if (length < 128) return [length];
  return length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}

const sequence = (...parts: Buffer[]) => der(0x30, ...parts);
const hex = (text: string) => Buffer.from(text, "hex");
const ecdsaWithSha256 = sequence(der(0x06, hex("2a8648ce3d040302")));

function name(commonName: string): Buffer {
  return sequence(der(0x31, sequence(der(0x06, hex("550403")), der(0x0c, Buffer.from(commonName)))));
}

/** `YYMMDDHHMMSSZ` */
function utcTime(date: Date): Buffer {
  return der(0x17, Buffer.from(`${date.toISOString().slice(2, 19).replace(/\D/g, "")}Z`));
}

/** subjectAltName IP:127.0.0.1 and DNS:localhost, as Node checks no common name. */
function extensions(): Buffer {
  const names = sequence(der(0x87, Buffer.from([127, 0, 0, 1])), der(0x82, Buffer.from("localhost")));
  return der(0xa3, sequence(sequence(der(0x06, hex("551d11")), der(0x04, names))));
}

export interface CertificateOptions {
  /** Default: the end of 2049. */
  until?: Date;
}

export function selfSigned({ until = new Date("2049-12-31T23:59:59Z") }: CertificateOptions = {}): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    ecdsaWithSha256,
    name("loopback"),
    sequence(utcTime(new Date("2020-01-01T00:00:00Z")), utcTime(until)),
    name("loopback"),
    publicKey.export({ type: "spki", format: "der" }),
    extensions(),
  );
  const signature = der(0x03, Buffer.from([0]), sign("sha256", body, privateKey));
  const encoded = sequence(body, ecdsaWithSha256, signature).toString("base64");
  const cert = `-----BEGIN CERTIFICATE-----\n${(encoded.match(/.{1,64}/g) ?? []).join("\n")}\n-----END CERTIFICATE-----\n`;
  return { cert, key: privateKey.export({ type: "pkcs8", format: "pem" }) as string };
}
