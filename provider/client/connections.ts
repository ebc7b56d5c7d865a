// One client per daemon for the life of the process, shared by all resources.
import { Client } from "./client";
import { type Target } from "./discovery";
import { HttpsTransport } from "./https-transport";
import { UnixTransport } from "./unix-transport";

const clients = new Map<string, Client>();

export function clientFor(target: Target): Client {
  const key = JSON.stringify(target);
  let client = clients.get(key);
  if (client === undefined) {
    const transport = "socket" in target ? new UnixTransport(target.socket) : new HttpsTransport(target);
    client = new Client(transport, "socket" in target ? {} : { trustToken: target.trustToken });
    clients.set(key, client);
  }
  return client;
}
