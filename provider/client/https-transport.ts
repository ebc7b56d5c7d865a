// Reaches a daemon over HTTPS, with a client certificate, and makes sure that it is the right one.
import { type TLSSocket } from "node:tls";
import { buildConnector } from "undici";
import { LxdError } from "../errors";
import { proxyFor } from "../proxies";
import { keepAliveInitialDelay, Transport, type Unreachable } from "./transport";
import { through } from "./tunnel";

export interface HttpsTarget {
  /** `https://host:port` */
  address: string;
  /** PEM. Without them the daemon shows only what is public. */
  clientCertificate?: string | undefined;
  clientKey?: string | undefined;
  /** SHA-256 of the server's certificate: 64 lower-case hexadecimal digits. Without it, a CA must vouch for the server. */
  fingerprint?: string | undefined;
}

const connectTimeoutMs = 15_000;

export class HttpsTransport extends Transport {
  readonly place: string;
  protected readonly origin: string;
  protected readonly unreachable = unreachable;

  constructor(target: HttpsTarget, parallel?: number) {
    super(connector(target), parallel);
    this.place = target.address;
    this.origin = target.address;
  }
}

/** Verifies by itself, so that a refusal can name the fingerprint that was met. */
function connector({ address, clientCertificate, clientKey, fingerprint }: HttpsTarget): buildConnector.connector {
  const identity = clientCertificate === undefined ? {} : { cert: clientCertificate, key: clientKey };
  // A resumed session shows no certificate, so each connection has its own.
  const connect = buildConnector({
    ...identity,
    rejectUnauthorized: false,
    maxCachedSessions: 0,
    timeout: connectTimeoutMs,
    keepAliveInitialDelay,
  });
  const proxy = proxyFor(new URL(address));
  const dig = proxy === undefined ? undefined : through(proxy, connectTimeoutMs);
  const encrypt = (options: buildConnector.Options): Promise<TLSSocket> =>
    new Promise((resolve, reject) => {
      connect(options, (...[error, socket]) => {
        if (error === null) resolve(socket as TLSSocket);
        else reject(error);
      });
    });
  const open = async (options: buildConnector.Options): Promise<TLSSocket> => {
    const socket = await encrypt(dig === undefined ? options : { ...options, httpSocket: await dig(options) });
    const refusal = judge(socket, { address, fingerprint });
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

function judge(
  socket: TLSSocket,
  { address, fingerprint }: Pick<HttpsTarget, "address" | "fingerprint">,
): LxdError | undefined {
  const met = socket.getPeerCertificate().fingerprint256.replaceAll(":", "").toLowerCase();
  if (fingerprint === undefined ? socket.authorized : met === fingerprint) return undefined;
  const reason = fingerprint === undefined ? String(socket.authorizationError) : `pinned is ${fingerprint}`;
  return new LxdError({
    code: "permission-denied",
    why: `the certificate of ${address} is not trusted (${reason}); its fingerprint is ${met}`,
    advice: `If that is your server's (\`incus info\` or \`lxc info\` there shows it), run \`pulumi config set lxd:serverCertificateFingerprint ${met}\`.`,
  });
}

const advice = "Check `pulumi config get lxd:address`, the server's core.https_address and the network between.";
const unknownHost: Unreachable = { code: "unavailable", why: "there is no such host: PLACE", advice };
const notThere: Unreachable = { code: "unavailable", why: "no daemon answers at PLACE", advice };

const unreachable: Record<string, Unreachable> = {
  ENOTFOUND: unknownHost,
  EAI_AGAIN: unknownHost,
  ECONNREFUSED: notThere,
  EHOSTUNREACH: notThere,
  ENETUNREACH: notThere,
  EPROTO: { code: "unavailable", why: "what answers at PLACE does not speak TLS", advice },
};
