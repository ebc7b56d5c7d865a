// Helpers for server-side image pulls: the queue key and the protocol name.
import { type Client } from "../../lxd/client/core/client";

/** An image on an image server, by alias or fingerprint, or a URL. */
type Pulled = { server: string; alias?: string | undefined; fingerprint?: string | undefined } | { url: string };

/** Identifies a pull of one image, whether it is for an image resource or for an instance. */
export function pullKey(client: Client, project: string, source: Pulled): unknown[] {
  const where =
    "url" in source ? [source.url] : [source.server.replace(/\/+$/, ""), source.alias ?? source.fingerprint];
  return [client.transport.place, project, ...where];
}

/** Both products' servers speak the same protocol, but LXD knows it only as "lxd". */
export async function spokenProtocol(client: Client, protocol: string): Promise<string> {
  return protocol === "incus" && (await client.info()).product === "lxd" ? "lxd" : protocol;
}
