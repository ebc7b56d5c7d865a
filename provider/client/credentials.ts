// How this client proves itself to a server that is not on this machine, and how it knows that server.
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { LxdError } from "../errors";
import { type ConnectionConfig, type Location, type Target } from "./discovery";

const defaultPort = "8443";

/** Adds certificate, key, token and what pins the server to an address; a socket needs none of them. */
export function complete(location: Location, config: ConnectionConfig, env: NodeJS.ProcessEnv): Target {
  if ("socket" in location) return location;
  const address = normalizeAddress(location.address);
  const token = config.trustToken === undefined ? undefined : readToken(config.trustToken, address);
  const fingerprint = location.fingerprint?.replaceAll(":", "").toLowerCase() ?? token?.fingerprint;
  if (fingerprint !== undefined && !/^[0-9a-f]{64}$/.test(fingerprint)) {
    throw invalid("lxd:serverCertificateFingerprint must be 64 hexadecimal digits");
  }
  if (token !== undefined && fingerprint !== token.fingerprint) {
    throw invalid("lxd:trustToken is of another server than lxd:serverCertificateFingerprint names");
  }
  return { address, fingerprint, ...identity(config, env), trustToken: config.trustToken };
}

/** `https://host:8443` from `host`, `host:port` or a URL. */
export function normalizeAddress(text: string): string {
  const full = text.includes("://") ? text : `https://${text}`;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  if (url?.protocol !== "https:" || url.hostname === "") {
    throw invalid(`${JSON.stringify(text)} is no address of a server; write https://HOST:8443`);
  }
  return `https://${url.hostname}:${url.port || defaultPort}`;
}

interface Identity {
  clientCertificate?: string;
  clientKey?: string;
}

/** From the stack's config, as PEM or as a path; else those of the command lines of Incus and LXD. */
function identity({ clientCertificate, clientKey }: ConnectionConfig, env: NodeJS.ProcessEnv): Identity {
  if (clientCertificate === undefined && clientKey === undefined) return identityOfCommandLine(env);
  if (clientCertificate === undefined || clientKey === undefined) {
    throw invalid("lxd:clientCertificate and lxd:clientKey belong together; one of them is missing");
  }
  return {
    clientCertificate: pem(clientCertificate, "lxd:clientCertificate"),
    clientKey: pem(clientKey, "lxd:clientKey"),
  };
}

function identityOfCommandLine(env: NodeJS.ProcessEnv): Identity {
  const home = env["XDG_CONFIG_HOME"] || join(homedir(), ".config");
  const folders = [env["INCUS_CONF"], join(home, "incus"), env["LXD_CONF"], join(home, "lxc")];
  for (const folder of [...folders, join(homedir(), "snap/lxd/common/config")]) {
    if (!folder) continue;
    try {
      const read = (name: string): string => readFileSync(join(folder, name), "utf8");
      return { clientCertificate: read("client.crt"), clientKey: read("client.key") };
    } catch {
      // Not there, or not for this user: the next folder may have them, and without any the server says what it wants.
    }
  }
  return {};
}

function pem(value: string, key: string): string {
  if (value.includes("-----BEGIN")) return value;
  try {
    return readFileSync(value, "utf8");
  } catch {
    // The value could be a secret that was pasted wrongly, so it is not repeated.
    throw invalid(`${key} is neither PEM nor the path of a file that can be read`);
  }
}

const tokenSchema = z.object({
  fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
  addresses: z.array(z.string()),
  secret: z.string().min(1),
});

/** A join token of either daemon: it names the server that it was made by. */
function readToken(token: string, address: string): z.output<typeof tokenSchema> {
  const parsed = tokenSchema.safeParse(parseJson(Buffer.from(token, "base64").toString()));
  if (!parsed.success) throw invalid("lxd:trustToken is no trust token; make one with `incus config trust add NAME`");
  const { addresses } = parsed.data;
  if (!addresses.map(normalizeAddress).includes(address)) {
    throw invalid(`lxd:trustToken is for a server at ${addresses.join(", ")}, and lxd:address is ${address}`);
  }
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function invalid(why: string): LxdError {
  return new LxdError({ code: "invalid-argument", why, advice: "Put it right with `pulumi config set`." });
}
