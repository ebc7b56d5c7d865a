// Makes a server trust this client: once, with a trust token, if the user gave one.
import { LxdError } from "../errors";
import { type Client } from "./client";
import { path } from "./paths";
import { type ServerInfo } from "./server-info";

/** Spends the token. A server that trusts the client already never sees it. */
export async function enrol(client: Client, info: ServerInfo, token: string | undefined): Promise<void> {
  if (token === undefined) throw untrusted(client.transport.place);
  // Before tokens had a field of their own, LXD took them as the trust password.
  const field = info.product === "incus" || info.extensions.has("explicit_trust_token") ? "trust_token" : "password";
  try {
    await client.change({ method: "POST", path: path("certificates"), json: { type: "client", [field]: token } });
  } catch (error) {
    const { code, why, request } = LxdError.from(error).details;
    const advice = "Make a new trust token with `incus config trust add NAME`; each works once.";
    throw new LxdError({ code, doing: `enrol at ${client.transport.place}`, why, request, advice });
  }
}

export function untrusted(place: string): LxdError {
  return new LxdError({
    code: "permission-denied",
    why: `the server at ${place} does not trust this client's certificate`,
    advice:
      "Add the certificate there (`incus config trust add-certificate FILE`), or `pulumi config set --secret lxd:trustToken TOKEN`.",
  });
}
