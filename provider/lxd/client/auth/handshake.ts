// The first thing that is said to a server: who it is, whether it trusts this client, and the token that makes it do so.
import { poll } from "../../../base/poll";
import { LxdError } from "../../../base/errors";
import { type Requests } from "../core/requests";
import { type ClientProof, enroll, untrusted } from "./enrollment";
import { type ServerInfo, serverInfoSchema } from "../discovery/server-info";

/** How long a server may take until it trusts a certificate that it has been given. */
const settleMs = 2000;
const pauseMs = 100;

/** What a server says of itself to a client that it trusts, in the end. */
export async function handshake(client: Requests, proof: ClientProof): Promise<ServerInfo> {
  const value = await askWhoItIs(client);
  if (value?.trusted === true) return value;
  if (proof.trustToken === undefined) throw untrusted(client.transport.place, proof);
  const refused = value === undefined ? undefined : await failureOf(enroll(client, value, proof));
  // What was wrong before the token was sent will not become right.
  if (refused !== undefined && refused.details.request === undefined) throw refused;
  const again = await beTrusted(client);
  if (again !== undefined) return again;
  throw refused ?? untrusted(client.transport.place, proof);
}

/**
 * Two providers, or two stacks, may enrol at the same time: the slower one is told that the token is spent, and that a
 * moment before the server trusts the certificate which both of them have.
 */
function beTrusted(client: Requests): Promise<ServerInfo | undefined> {
  const pause = (ms: number): Promise<void> => client.pause(ms);
  return poll({ pause, everyMs: pauseMs, withinMs: settleMs }, async () => {
    const value = await askWhoItIs(client);
    return value?.trusted === true ? value : undefined;
  });
}

/** Whoever shows a wrong token, or a certificate that is just being added, is not even told what everybody may know. */
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
