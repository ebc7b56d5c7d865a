// Tunnels through a proxy to a server: CONNECT, then TLS with the server itself.
import { Socket } from "node:net";
import type { buildConnector, Pool } from "undici";
import { LxdError } from "../../../base/errors";
import { once } from "../../../base/once";

/** Opens a plain connection through a proxy; TLS runs over it as if there were no proxy. */
export type Dig = (options: buildConnector.Options) => Promise<Socket>;

export function through(proxy: URL, timeoutMs: number): Dig {
  const connections = once(() => poolTo(proxy, timeoutMs));
  const credentials = authorization(proxy);
  return async ({ hostname, port }) => {
    const pool = await connections();
    const host = `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
    const answer = await pool.connect({ path: host, headers: { host, ...credentials } }).catch((error: unknown) => {
      const why = `the proxy ${proxy.origin} cannot be reached: ${(error as Error).message}`;
      throw new LxdError({ code: "unavailable", why, advice, cause: error });
    });
    if (answer.statusCode === 200 && answer.socket instanceof Socket) return answer.socket;
    answer.socket.destroy();
    const code = answer.statusCode === 407 ? "permission-denied" : "unavailable";
    const why = `the proxy ${proxy.origin} does not connect to ${host}: it answered ${answer.statusCode}`;
    throw new LxdError({ code, why, advice });
  };
}

async function poolTo(proxy: URL, timeoutMs: number): Promise<Pool> {
  const { Pool } = await import("undici");
  return new Pool(proxy.origin, { connect: { timeout: timeoutMs }, headersTimeout: timeoutMs });
}

const advice = "Check the environment variable HTTPS_PROXY, or name the server in NO_PROXY.";

function authorization({ username, password }: URL): Record<string, string> {
  if (username === "" && password === "") return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(pair).toString("base64")}` };
}
