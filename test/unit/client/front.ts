// A server of HTTPS in place of a daemon, which answers as it is told and keeps what it was asked.
import { X509Certificate } from "node:crypto";
import { type IncomingMessage, type ServerResponse } from "node:http";
import { createServer } from "node:https";
import { type AddressInfo } from "node:net";
import { type Certificate, selfSigned } from "../content/url/certificate";

export interface Front {
  address: string;
  fingerprint: string;
  certificate: Certificate;
  requests: IncomingMessage[];
  close: () => Promise<void>;
}

export async function front(
  answer: (request: IncomingMessage, reply: ServerResponse) => void,
  { certificate = selfSigned(), host = "127.0.0.1" } = {},
): Promise<Front> {
  const requests: IncomingMessage[] = [];
  const server = createServer(certificate, (request, reply) => {
    requests.push(request);
    request.resume().on("end", () => answer(request, reply));
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  const fingerprint = new X509Certificate(certificate.cert).fingerprint256.replaceAll(":", "").toLowerCase();
  return { address: `https://${host}:${port}`, fingerprint, certificate, requests, close };
}

/** What a daemon says of itself to a client that it trusts, or does not. */
export function serverInfo(trusted: boolean): string {
  const environment = trusted ? { server: "incus", server_version: "6.0.4" } : undefined;
  const metadata = { api_extensions: [], auth: trusted ? "trusted" : "untrusted", environment };
  return JSON.stringify({ type: "sync", metadata });
}

export function refusal(code: number, error: string): string {
  return JSON.stringify({ type: "error", error_code: code, error });
}
