// The first requests to a server: its identity, whether it trusts this client, and enrollment with a trust token.
import { poll } from "../../../base/poll";
import { LxdError } from "../../../base/errors";
import { type Requests } from "../core/requests";
import { type ClientProof, enroll, untrusted } from "./enrollment";
import { type ServerInfo, serverInfoSchema } from "../discovery/server-info";

/** How long a server may take to trust a certificate that was added. */
const settleMs = 2000;
const pauseMs = 100;

/** Returns the server's information as a trusted client sees it, enrolling the client if necessary. */
export async function handshake(client: Requests, proof: ClientProof): Promise<ServerInfo> {
  const value = await askWhoItIs(client);
  if (value?.trusted === true) return value;
  if (proof.trustToken === undefined) throw untrusted(client.transport.place, proof);
  const refused = value === undefined ? undefined : await failureOf(enroll(client, value, proof));
  // A failure from before the token was sent will not go away.
  if (refused !== undefined && refused.details.request === undefined) throw refused;
  const again = await beTrusted(client);
  if (again !== undefined) return again;
  throw refused ?? untrusted(client.transport.place, proof);
}

/**
 * Two providers or two stacks may enroll at the same time. The slower one is told that the token is already used,
 * possibly a moment before the server trusts the certificate that both of them present.
 */
function beTrusted(client: Requests): Promise<ServerInfo | undefined> {
  return poll({ client, everyMs: pauseMs, withinMs: settleMs }, async () => {
    const value = await askWhoItIs(client);
    return value?.trusted === true ? value : undefined;
  });
}

/**
 * A client with a wrong token, or with a certificate that is just being added, does not even get the public
 * information.
 */
async function askWhoItIs(client: Requests): Promise<ServerInfo | undefined> {
  try {
    return (await client.get("/1.0", serverInfoSchema)).value;
  } catch (error) {
    const { request } = LxdError.from(error).details;
    if (request?.status === 401 || request?.status === 403) return undefined;
    throw error;
  }
}

async function failureOf(work: Promise<void>): Promise<LxdError | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return LxdError.from(error);
  }
}
