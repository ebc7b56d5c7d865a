// Validates names and config of networks, and assigns addresses where none are configured.
import { isIP } from "node:net";
import { badRequest, failed } from "./errors";
import type { Config } from "./store/records";

const KNOWN_KEY =
  /^(bridge\..+|dns\..+|fan\..+|ipv[46]\..+|maas\..+|raw\.dnsmasq|security\..+|tunnel\..+|user\..+|volatile\..+|parent|mtu|vlan|gvrp|network|ovn\..+|bgp\..+)$/;

export function checkNetworkName(name: string): void {
  if (name === "") throw badRequest("No name provided");
  if (name.length < 2) throw badRequest("Network interface is too short (minimum 2 characters)");
  if (name.length > 15) throw badRequest("Network interface is too long (maximum 15 characters)");
  if (!/^[-_a-zA-Z0-9.]+$/.test(name)) throw badRequest("Network interface contains invalid characters");
}

export function checkNetworkConfig(name: string, config: Config, error: (message: string) => Error): void {
  for (const [key, value] of Object.entries(config)) {
    const option = `network "${name}" option "${key}"`;
    if (!KNOWN_KEY.test(key)) throw error(`Invalid option for ${option}`);
    const [, version] = /^ipv([46])\.address$/.exec(key) ?? [];
    if (version === undefined || ["", "auto", "none"].includes(value)) continue;
    const [host = "", bits] = value.split("/");
    if (isIP(host) !== Number(version) || bits === undefined)
      throw error(`Invalid value for ${option}: invalid CIDR address: ${value}`);
  }
}

/** Free subnets with NAT for a bridge that configures none. */
export function withAddresses(config: Config, count: number): Config {
  const free: Record<string, string> = {
    "ipv4.address": `10.${100 + (count % 100)}.${count % 250}.1/24`,
    "ipv6.address": `fd42:${(count + 1).toString(16)}::1/64`,
  };
  const result = { ...config };
  for (const [key, address] of Object.entries(free)) {
    if (result[key] !== undefined && result[key] !== "auto") continue;
    result[key] = address;
    result[key.replace("address", "nat")] ??= "true";
  }
  return result;
}

/** Real daemons detect this when they start to listen on the address. */
export function checkAddressesFree(config: Config, others: readonly Config[]): void {
  for (const key of ["ipv4.address", "ipv6.address"]) {
    const host = hostIn(config[key]);
    if (host === undefined || !others.some((other) => hostIn(other[key]) === host)) continue;
    const why = `dnsmasq: failed to create listening socket for ${host}: Address already in use`;
    throw failed(`The DNS and DHCP service exited prematurely: exit status 2 ("${why}")`);
  }
}

function hostIn(address: string | undefined): string | undefined {
  return address === undefined || ["", "auto", "none"].includes(address) ? undefined : address.split("/")[0];
}
