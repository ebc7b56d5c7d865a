// Which server a resource is on: found by what program and config say, and told from others by its certificate.
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
 * Whether an object is wanted on another server than the one that it is on. A server whose certificate was renewed is
 * still found at its old place, and one that has moved still has its old certificate.
 */
export function isElsewhere(olds: ServerIdentity, news: ServerIdentity): boolean {
  if (olds.__server === undefined || news.__server === undefined) return false;
  return olds.__at !== news.__at && olds.__server !== news.__server;
}

export class ServerRegistry {
  constructor(
    public config: StackConfig = {},
    private readonly signal?: AbortSignal,
    /** What is wrong with the stack's config itself. */
    public failures: readonly Failure[] = [],
  ) {}

  /** The same for one call of the engine. */
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

  /** Where the program wants a resource. A server is asked only if the place is another than before. */
  async desired(remote: Remote, olds: ServerIdentity): Promise<ServerIdentity> {
    if (hasUnknown(remote)) return { __at: olds.__at, __server: olds.__server };
    const client = this.connect(remote);
    if (client.transport.place === olds.__at) return { __at: olds.__at, __server: olds.__server };
    return { __at: client.transport.place, __server: await fingerprintOf(client) };
  }

  /**
   * The server that has an object of the state: the one that the config names, if it is the same, else the one where the
   * object was met last. Otherwise a stack whose config was turned to another server would delete the wrong things.
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

  /** What is to be kept of where an object is. */
  async identify(client: Client, known: ServerIdentity): Promise<ServerIdentity> {
    return { __at: client.transport.place, __server: (await fingerprintOf(client)) ?? known.__server };
  }
}

/** Undefined if the server does not say, or is not there: what is done with it then tells that better. */
async function fingerprintOf(client: Client): Promise<string | undefined> {
  return client.info().then(
    (info) => info.fingerprint,
    () => undefined,
  );
}
