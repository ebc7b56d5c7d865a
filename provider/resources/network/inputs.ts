// Inputs of a network, and what a change of each input requires.
import { isIP } from "node:net";
import * as z from "zod";
import { type StringMap } from "../../lxd/api/instance/instances";
import { type CommonInputs, type Failure, type KindDefinition, type PartialInputs } from "../../kind/kind";
import { name, scalar, strict } from "../../kind/schema";
import { isUnknown } from "../../kind/unknowns";
import { remoteSchema } from "../shared/common";
import { type ConfigFacts, type ConfigInputs, type TypedField } from "../config-map/definition";

export interface Family {
  /** The host's own address with its subnet, `auto` or `none`. */
  address?: string | undefined;
  nat?: boolean | undefined;
  dhcp?: boolean | undefined;
  dhcpRanges?: string | undefined;
}

export interface NetworkInputs extends CommonInputs, ConfigInputs {
  type: string;
  ipv4?: Family | undefined;
  ipv6?: Family | undefined;
  dnsDomain?: string | undefined;
  parent?: string | undefined;
  memberConfig?: Record<string, StringMap> | undefined;
}

export interface NetworkOutputs extends NetworkInputs, ConfigFacts {
  ipv4Address?: string | undefined;
  ipv6Address?: string | undefined;
  managed: boolean;
  status: string;
}

export type PartialNetworkInputs = PartialInputs<NetworkInputs>;

/** Linux does not accept longer interface names, and the daemons do not accept shorter ones. */
export const networkName = z.string().regex(/^[A-Za-z0-9._-]{2,15}$/, {
  error: "must be 2 to 15 letters, digits, dots, dashes or underscores, like the name of a network interface",
});

const address = (version: 4 | 6): z.ZodString =>
  z.string().refine((text) => text === "auto" || text === "none" || isSubnet(text, version), {
    error: (issue) =>
      `${JSON.stringify(issue.input)} is not a valid IPv${version} address; use "auto", "none", or the host's address with its prefix length, for example "${version === 4 ? "10.10.10.1/24" : "fd42:10::1/64"}"`,
  });

function isSubnet(text: string, version: 4 | 6): boolean {
  const [host = "", bits = "", ...more] = text.split("/");
  return (
    isIP(host) === version && /^\d+$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128) && more.length === 0
  );
}

const switchable = z.boolean().optional();
const family = { nat: switchable, dhcp: switchable, dhcpRanges: name.optional() };

export const schema = strict({
  name: networkName.optional(),
  type: name.optional(),
  description: z.string().optional(),
  ipv4: strict({ address: address(4).optional(), ...family }).optional(),
  ipv6: strict({ address: address(6).optional(), ...family }).optional(),
  dnsDomain: name.optional(),
  parent: name.optional(),
  config: z.record(z.string(), scalar).optional(),
  memberConfig: z.record(z.string(), z.record(z.string(), z.string())).optional(),
  project: name.optional(),
  remote: remoteSchema,
});

export const policies: KindDefinition<NetworkInputs, NetworkOutputs>["policies"] = {
  name: "replace",
  project: "replace",
  type: "replace",
  description: "update",
  ipv4: "update",
  ipv6: "update",
  dnsDomain: "update",
  parent: "update",
  config: "update",
  // Applies only when the network is created.
  memberConfig: "ignore",
};

export const fields: readonly TypedField[] = [
  ...(["ipv4", "ipv6"] as const).flatMap((version): TypedField[] => [
    { path: [version, "address"], key: `${version}.address`, kind: "text" },
    { path: [version, "nat"], key: `${version}.nat`, kind: "switch" },
    { path: [version, "dhcp"], key: `${version}.dhcp`, kind: "switch" },
    { path: [version, "dhcpRanges"], key: `${version}.dhcp.ranges`, kind: "text" },
  ]),
  { path: ["dnsDomain"], key: "dns.domain", kind: "text" },
  { path: ["parent"], key: "parent", kind: "text" },
];

export function applyDefaults({ type }: PartialNetworkInputs): PartialNetworkInputs {
  return { type: type ?? "bridge" };
}

/** A macvlan or SR-IOV network uses a network of the host, which assigns the addresses. */
export function validate({ type, ipv4, ipv6, parent, memberConfig }: PartialNetworkInputs): Failure[] {
  if (type === undefined || isUnknown(type)) return [];
  if (type === "bridge" && parent !== undefined)
    return [{ property: "parent", reason: 'a bridge has none; omit it, or set type: "macvlan" or "physical"' }];
  if (type !== "macvlan" && type !== "sriov") return [];
  const written = [...(ipv4 === undefined ? [] : ["ipv4"]), ...(ipv6 === undefined ? [] : ["ipv6"])];
  const reason = `a network of type "${type}" assigns no addresses; omit it`;
  return [
    ...written.map((property) => ({ property, reason })),
    ...(parent === undefined && memberConfig === undefined
      ? [{ property: "parent", reason: `is required for type "${type}": an interface of the host` }]
      : []),
  ];
}
