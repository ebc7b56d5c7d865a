// What all who have a server pull an image share: whose turn it is, and the protocol's name.
import { type Client } from "../../lxd/client/core/client";

/** The server and the name of an image there, or its URL. */
type Pulled = { server: string; alias?: string | undefined; fingerprint?: string | undefined } | { url: string };

/** What tells pulls of one image from others, whether it is wanted for itself or for an instance. */
export function pullKey(client: Client, project: string, source: Pulled): unknown[] {
  const where =
    "url" in source ? [source.url] : [source.server.replace(/\/+$/, ""), source.alias ?? source.fingerprint];
  return [client.transport.place, project, ...where];
}

/** Both products' servers speak one protocol, of which LXD knows only its own name. */
export async function spokenProtocol(client: Client, protocol: string): Promise<string> {
  return protocol === "incus" && (await client.info()).product === "lxd" ? "lxd" : protocol;
}
