// One client per daemon for the life of the process, shared by all resources.
import { Client } from "./client";
import { type Target } from "./discovery";
import { HttpsTransport } from "./https-transport";
import { defaultParallel } from "./lanes";
import { UnixTransport } from "./unix-transport";

const clients = new Map<string, Client>();

export function clientFor(target: Target, parallel = defaultParallel): Client {
  const key = JSON.stringify([target, parallel]);
  let client = clients.get(key);
  if (client === undefined) {
    const transport =
      "socket" in target ? new UnixTransport(target.socket, parallel) : new HttpsTransport(target, parallel);
    client = new Client(transport, { parallel, ...("socket" in target ? {} : { trustToken: target.trustToken }) });
    clients.set(key, client);
  }
  return client;
}
