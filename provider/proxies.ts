// Proxies that the environment names, for downloads and for daemons alike.
import { BlockList, isIP } from "node:net";
import { LxdError } from "./errors";

/** The proxy that a variable names, lower case first as everywhere; `host:port` means HTTP. */
export function proxyFrom(variable: "http_proxy" | "https_proxy"): string | undefined {
  const value = valueOf(variable);
  if (value === undefined) return undefined;
  const url = /^[a-z0-9]+:\/\//i.test(value) ? value : `http://${value}`;
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  // The value is not repeated: it may hold the proxy's password.
  throw new LxdError({
    code: "invalid-argument",
    why: `the environment variable ${variable.toUpperCase()} is not the URL of a proxy`,
    advice: "Write it as http://host:port, or unset it.",
  });
}

/**
 * The proxy for an https:// URL. As with the command lines of both daemons, this machine is never asked through one, and
 * `NO_PROXY` names hosts, domains, addresses and networks, each with a port or without.
 */
export function proxyFor(url: URL): URL | undefined {
  const proxy = proxyFrom("https_proxy");
  if (proxy === undefined || isDirect(url, valueOf("no_proxy") ?? "")) return undefined;
  return new URL(proxy);
}

function valueOf(variable: string): string | undefined {
  return process.env[variable] || process.env[variable.toUpperCase()] || undefined;
}

function isDirect({ hostname, port }: URL, exceptions: string): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, "$1").toLowerCase();
  if (host === "localhost" || isWithin(host, "127.0.0.0/8") || host === "::1") return true;
  return exceptions.split(/[\s,]+/).some((entry) => {
    const [, name = "", entryPort] = /^(.*?)(?::([0-9]+))?$/.exec(isIP(entry) === 6 ? `[${entry}]` : entry) ?? [];
    if (name === "*") return true;
    if (name === "" || (entryPort !== undefined && entryPort !== (port || "443"))) return false;
    const domain = name
      .replace(/^\[(.*)\]$/, "$1")
      .replace(/^\*?\./, "")
      .toLowerCase();
    return host === domain || host.endsWith(`.${domain}`) || isWithin(host, domain);
  });
}

/** Whether an address is in a network: `10.0.0.0/8`. */
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
