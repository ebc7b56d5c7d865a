// One client per server for the lifetime of the process, shared by all resources.
import { type Authorization, bearer } from "../transport/bearer";
import { Client } from "./client";
import { type Target } from "../auth/credentials";
import { HttpsTransport } from "../transport/https-transport";
import { defaultParallel } from "../transport/concurrency-limiter";
import { oidc } from "../auth/oidc";
import { UnixTransport } from "../transport/unix-transport";

const clients = new Map<string, Client>();

export function clientFor(target: Target, parallel = defaultParallel): Client {
  const key = JSON.stringify([{ ...target, namedBy: adviceDependsOn(target) }, parallel]);
  let client = clients.get(key);
  if (client === undefined) {
    client = "socket" in target ? nearClient(target, parallel) : farClient(target, parallel);
    clients.set(key, client);
  }
  return client;
}

/** Two references to the same server share a client, unless it may be rejected, because the advice then differs. */
function adviceDependsOn(target: Target): string | undefined {
  return "socket" in target || target.fingerprint !== undefined ? undefined : target.namedBy;
}

function nearClient({ socket, namedBy }: Extract<Target, { socket: string }>, parallel: number): Client {
  return new Client(new UnixTransport(socket, { parallel, namedBy }), { parallel });
}

function farClient(target: Exclude<Target, { socket: string }>, parallel: number): Client {
  const transport = new HttpsTransport(target, { authorization: authorization(target), parallel });
  return new Client(transport, { ...target, parallel });
}

function authorization({ bearerToken, oidc: login }: Exclude<Target, { socket: string }>): Authorization | undefined {
  if (bearerToken !== undefined) return bearer(bearerToken.trim());
  return login === undefined ? undefined : oidc(login);
}
