// Finds the server of a resource from program, config and state, and identifies it by its certificate.
import { clientFor } from "../lxd/client/core/connections";
import { type Client } from "../lxd/client/core/client";
import { resolveCredentials, withClientCertificate } from "../lxd/client/auth/credentials";
import { discover } from "../lxd/client/discovery/discovery";
import { parseParallel } from "../lxd/client/transport/concurrency-limiter";
import { type RemoteInputs } from "../lxd/client/discovery/location";
import { LxdError } from "../base/errors";
import { type Failure, type ServerIdentity, type StackConfig } from "../kind/kind";
import { hasUnknown } from "../kind/unknowns";

type Remote = RemoteInputs | undefined;

/**
 * Tests whether the program wants an object on another server than the one that holds it. A server with a renewed
 * certificate is recognized by its address, and a server with a new address by its certificate.
 */
export function isElsewhere(olds: ServerIdentity, news: ServerIdentity): boolean {
  if (olds.__server === undefined || news.__server === undefined) return false;
  return olds.__at !== news.__at && !isSameServer(olds.__server, news.__server);
}

/** Stored inputs have the first digits of a fingerprint. */
function isSameServer(one: string, other: string): boolean {
  return one.startsWith(other) || other.startsWith(one);
}

export class ServerRegistry {
  constructor(
    public config: StackConfig = {},
    private readonly signal?: AbortSignal,
    /** Errors in the stack's config itself. */
    public failures: readonly Failure[] = [],
  ) {}

  /** Returns the same registry for one call of the engine. */
  withSignal(signal: AbortSignal): ServerRegistry {
    return new ServerRegistry(this.config, signal, this.failures);
  }

  readonly connect = (remote: Remote): Client => {
    const location = discover({ explicit: remote, config: this.config, env: process.env });
    const client = clientFor(
      withClientCertificate(resolveCredentials(location, process.env), process.env),
      parseParallel(this.config.parallel),
    );
    return this.signal === undefined ? client : client.withSignal(this.signal);
  };

  /** Returns where the program wants a resource. Asks a server only if the address has changed. */
  async desired(remote: Remote, olds: ServerIdentity): Promise<ServerIdentity> {
    if (hasUnknown(remote)) return { __at: olds.__at, __server: olds.__server };
    const client = this.connect(remote);
    if (client.transport.place === olds.__at) return { __at: olds.__at, __server: olds.__server };
    return { __at: client.transport.place, __server: await fingerprintOf(client) };
  }

  /**
   * Returns a client for the server that holds an object of the state: the configured server, if it is the same one;
   * otherwise the address where the object was last reached. Without this, a stack whose config now selects another
   * server would delete the wrong objects.
   */
  async serverOf(remote: Remote, known: ServerIdentity): Promise<Client> {
    const client = this.connect(remote);
    const { __at: at, __server: server } = known;
    if (at === undefined || server === undefined || client.transport.place === at) return client;
    if ((await fingerprintOf(client)) === server) return client;
    const isFar = at.startsWith("https:");
    const recorded = this.connect(isFar ? { address: at, serverCertificateFingerprint: server } : { socket: at });
    const actual = await fingerprintOf(recorded);
    if (actual === server || actual === undefined) return recorded;
    throw new LxdError({
      code: "unavailable",
      why: `this resource is on the server with the certificate ${server}, which answers neither at ${client.transport.place} nor at ${at}`,
      advice: "Set `lxd:remote` or `lxd:address` to where that server is now.",
    });
  }

  /** Returns the server identity to store in the state. */
  async identify(client: Client, known: ServerIdentity): Promise<ServerIdentity> {
    return { __at: client.transport.place, __server: (await fingerprintOf(client)) ?? known.__server };
  }
}

/**
 * Returns undefined if the server does not show a certificate or cannot be reached; the request that follows reports
 * that better.
 */
async function fingerprintOf(client: Client): Promise<string | undefined> {
  return client.info().then(
    (info) => info.fingerprint,
    () => undefined,
  );
}
