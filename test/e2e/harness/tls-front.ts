// HTTPS in front of a daemon's unix socket: bytes pass as they are, and what clients sent first is kept.
import { X509Certificate } from "node:crypto";
import { type AddressInfo, connect } from "node:net";
import { createServer } from "node:tls";
import { selfSigned } from "../../unit/content/url/certificate";

export interface TlsFront {
  /** `host:port` */
  address: string;
  fingerprint: string;
  /** PEM. */
  certificate: string;
  /** All that clients have sent. */
  seen: () => string;
  close: () => Promise<void>;
}

export async function tlsFront(socketPath: string): Promise<TlsFront> {
  const certificate = selfSigned();
  let seen = "";
  const server = createServer({ ...certificate, requestCert: true, rejectUnauthorized: false }, (client) => {
    const daemon = connect(socketPath);
    client.on("data", (chunk: Buffer) => (seen += chunk.toString("latin1")));
    client.on("error", () => daemon.destroy());
    daemon.on("error", () => client.destroy());
    client.pipe(daemon).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    fingerprint: new X509Certificate(certificate.cert).fingerprint256.replaceAll(":", "").toLowerCase(),
    certificate: certificate.cert,
    seen: () => seen,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
