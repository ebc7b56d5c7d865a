// Opens TLS connections to a server at one of its addresses and verifies its identity.
import { rootCertificates, type TLSSocket } from "node:tls";
import type { buildConnector } from "undici";
import { LxdError } from "../../../base/errors";
import { once } from "../../../base/once";
import { proxyFor } from "../../../base/proxies";
import { keepAliveInitialDelay } from "./transport";
import { type Dig, through } from "./tunnel";
import { pinSetting } from "../discovery/setting-advice";

export interface HttpsTarget {
  /** Each `https://host:port`. For each connection, those of cluster members are tried in this order. */
  addresses: string[];
  /** PEM. Without certificate and token, the server returns only public information. */
  clientCertificate?: string | undefined;
  clientKey?: string | undefined;
  /**
   * SHA-256 of the server's certificate in lower-case hexadecimal digits. Without it, a trusted certificate authority
   * must have issued the certificate.
   */
  fingerprint?: string | undefined;
  /** Where the fingerprint comes from, for the error. */
  pinnedBy?: string | undefined;
  /** PEM of a certificate authority to trust in addition to those of the system. */
  certificateAuthority?: string | undefined;
  /** What selected the server. */
  namedBy?: string | undefined;
}

const connectTimeoutMs = 15_000;

/** Verifies the certificate itself, so that the error can contain the presented fingerprint. */
export function connector(target: HttpsTarget): buildConnector.connector {
  const connect = encryptor(target);
  const tunnels = new Map(target.addresses.map((address) => [address, tunnelTo(address)]));
  const openAt = async (address: string, given: buildConnector.Options): Promise<TLSSocket> => {
    const { hostname, host, port } = new URL(address);
    const options = { ...given, hostname, host, port };
    const dig = tunnels.get(address);
    return connect(dig === undefined ? options : { ...options, httpSocket: await dig(options) });
  };
  const open = async (options: buildConnector.Options): Promise<TLSSocket> => {
    const [address, socket] = await first(target.addresses, (each) => openAt(each, options));
    // A server with the wrong identity is an error, not a reason to try the next address.
    const refusal = judge(socket, { ...target, address });
    if (refusal === undefined) return socket;
    socket.destroy();
    throw refusal;
  };
  return (options, callback) => {
    open(options).then(
      (socket) => callback(null, socket),
      (error: unknown) => callback(error as Error, null),
    );
  };
}

function tunnelTo(address: string): Dig | undefined {
  const proxy = proxyFor(new URL(address));
  return proxy === undefined ? undefined : through(proxy, connectTimeoutMs);
}

type Encrypt = (options: buildConnector.Options) => Promise<TLSSocket>;

function encryptor(target: HttpsTarget): Encrypt {
  const connector = once(() => connectorWith(target));
  return async (options) => {
    const connect = await connector();
    return new Promise((resolve, reject) => {
      connect(options, (...[error, socket]) => {
        if (error === null) resolve(socket as TLSSocket);
        else reject(error);
      });
    });
  };
}

async function connectorWith(target: HttpsTarget): Promise<buildConnector.connector> {
  const { clientCertificate, clientKey, certificateAuthority } = target;
  const { buildConnector } = await import("undici");
  return buildConnector({
    ...(clientCertificate === undefined ? {} : { cert: clientCertificate, key: clientKey }),
    ...(certificateAuthority === undefined ? {} : { ca: [...rootCertificates, certificateAuthority] }),
    rejectUnauthorized: false,
    // A resumed session presents no certificate, so each connection has a session of its own.
    maxCachedSessions: 0,
    timeout: connectTimeoutMs,
    keepAliveInitialDelay,
  });
}

/** Returns the first attempt that succeeds, or throws the failure of the last one. */
async function first<T>(addresses: string[], attempt: (address: string) => Promise<T>): Promise<[string, T]> {
  const [address = "", ...others] = addresses;
  try {
    return [address, await attempt(address)];
  } catch (error) {
    if (others.length === 0) throw error;
    return first(others, attempt);
  }
}

function judge(
  socket: TLSSocket,
  { address, fingerprint, pinnedBy, namedBy }: HttpsTarget & { address: string },
): LxdError | undefined {
  const presented = socket.getPeerCertificate().fingerprint256.replaceAll(":", "").toLowerCase();
  if (fingerprint === undefined ? socket.authorized : presented === fingerprint) return undefined;
  const by = pinnedBy === undefined ? "" : `, by ${pinnedBy}`;
  const reason = fingerprint === undefined ? String(socket.authorizationError) : `pinned is ${fingerprint}${by}`;
  return new LxdError({
    code: "permission-denied",
    why: `the certificate of ${address} is not trusted (${reason}); its fingerprint is ${presented}`,
    advice:
      pinnedBy?.endsWith("token") === true ? adviceOnTokens(pinnedBy) : adviceOnPins(presented, { pinnedBy, namedBy }),
  });
}

function adviceOnPins(presented: string, { pinnedBy, namedBy }: Pick<HttpsTarget, "pinnedBy" | "namedBy">): string {
  const isYours = "that is your server's (`incus info` or `lxc info` on the server shows it)";
  if (pinnedBy === undefined) return `If ${isYours}, ${pinSetting(namedBy, presented)}.`;
  return `Another server answers there, or its certificate was renewed. If ${isYours}, ${pinSetting(namedBy, presented)}.`;
}

/** A pin in the settings would contradict a token. */
function adviceOnTokens(pinnedBy: string): string {
  return `Another server answers there, or its certificate was renewed after ${pinnedBy} was issued: use one that was issued since then, or none if the server trusts this client already.`;
}
