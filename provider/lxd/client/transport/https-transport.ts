// Connects to a server over HTTPS, authenticating with a token if there is no client certificate.
import { unlessAborted } from "../../../base/abort";
import { type Authorization } from "./bearer";
import { connector, type HttpsTarget } from "./tls-connector";
import { type HttpReply, type HttpRequest, Transport, type Unreachable } from "./transport";

export class HttpsTransport extends Transport {
  readonly place: string;
  protected readonly origin: string;
  protected readonly unreachable = unreachable;

  readonly #authorization: Authorization | undefined;

  constructor(target: HttpsTarget, options: { authorization?: Authorization | undefined; parallel?: number } = {}) {
    super(connector(target), options.parallel);
    const [first = ""] = target.addresses;
    this.place = first;
    this.origin = first;
    this.#authorization = options.authorization;
  }

  /** Renews an expired token once and repeats the request if its body can be sent again. */
  override async send(request: HttpRequest): Promise<HttpReply> {
    if (this.#authorization === undefined) return super.send(request);
    const reply = await super.send(await this.#authorized(request, this.#authorization));
    if (reply.status !== 401 || this.#authorization.renew === undefined) return reply;
    // A renewal is never aborted: a refresh token that was sent may be used up, and its successor must be stored.
    const isRenewed = await unlessAborted(this.#authorization.renew(reply.headers), request.signal);
    if (!isRenewed || typeof request.body === "object") return reply;
    await reply.body.dump();
    return super.send(await this.#authorized(request, this.#authorization));
  }

  async #authorized(request: HttpRequest, authorization: Authorization): Promise<HttpRequest> {
    // The second header makes LXD report an expired login instead of treating the client as untrusted.
    const headers = { Authorization: await authorization.header(), "X-LXD-authenticated": "true" };
    return { ...request, headers: { ...request.headers, ...headers } };
  }
}

const advice = "Check the address (`npx pulumi-lxd doctor`), the server's core.https_address and the network between.";
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
