// One client per daemon for the life of the process, shared by all resources.
import { Client } from "./client";
import { UnixTransport } from "./transport";

const clients = new Map<string, Client>();

export function clientFor(socket: string): Client {
  let client = clients.get(socket);
  if (client === undefined) {
    client = new Client(new UnixTransport(socket));
    clients.set(socket, client);
  }
  return client;
}
