// Selects the proxy for a URL from the environment, for servers, downloads and login renewals alike.
import { BlockList, isIP } from "node:net";
import { LxdError } from "./errors";

/** Returns the proxy in an environment variable; the lower-case name has precedence, and `host:port` means HTTP. */
function proxyFrom(variable: "http_proxy" | "https_proxy"): URL | undefined {
  const value = valueOf(variable);
  if (value === undefined) return undefined;
  const url = /^[a-z0-9]+:\/\//i.test(value) ? value : `http://${value}`;
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return new URL(url);
  // Does not repeat the value, which may contain the proxy's password.
  throw new LxdError({
    code: "invalid-argument",
    why: `the environment variable ${variable.toUpperCase()} is not the URL of a proxy`,
    advice: "Set it to http://host:port, or unset it.",
  });
}

/**
 * Follows the same rules as the `incus` and `lxc` commands: `HTTP_PROXY` applies only to http://, `HTTPS_PROXY` to
 * https://; local addresses are never reached through a proxy; `NO_PROXY` lists hosts, domains, addresses and networks,
 * with or without a port.
 */
export function proxyFor(url: URL): URL | undefined {
  const proxy = proxyFrom(url.protocol === "http:" ? "http_proxy" : "https_proxy");
  return proxy === undefined || isDirect(url, valueOf("no_proxy") ?? "") ? undefined : proxy;
}

function valueOf(variable: string): string | undefined {
  return process.env[variable] || process.env[variable.toUpperCase()] || undefined;
}

function isDirect({ protocol, hostname, port }: URL, exceptions: string): boolean {
  const ownPort = port || (protocol === "http:" ? "80" : "443");
  const host = hostname.replace(/^\[(.*)\]$/, "$1").toLowerCase();
  if (host === "localhost" || isWithin(host, "127.0.0.0/8") || host === "::1") return true;
  return exceptions.split(/[\s,]+/).some((entry) => {
    const [, name = "", entryPort] = /^(.*?)(?::([0-9]+))?$/.exec(isIP(entry) === 6 ? `[${entry}]` : entry) ?? [];
    if (name === "*") return true;
    if (name === "" || (entryPort !== undefined && entryPort !== ownPort)) return false;
    const domain = name
      .replace(/^\[(.*)\]$/, "$1")
      .replace(/^\*?\./, "")
      .toLowerCase();
    return host === domain || host.endsWith(`.${domain}`) || isWithin(host, domain);
  });
}

/** Tests whether an address is in a network such as `10.0.0.0/8`. */
function isWithin(host: string, network: string): boolean {
  const [address = "", bits] = network.split("/");
  const family = isIP(address);
  if (bits === undefined || family === 0 || family !== isIP(host) || !/^[0-9]{1,3}$/.test(bits)) return false;
  if (Number(bits) > (family === 4 ? 32 : 128)) return false;
  const kind = family === 4 ? "ipv4" : "ipv6";
  const list = new BlockList();
  list.addSubnet(address, Number(bits), kind);
  return list.check(host, kind);
}
