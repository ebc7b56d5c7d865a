// Network outputs of a running instance: reachable addresses and MAC addresses.
import { findState, type WireState } from "../../lxd/api/instance/instance-state";
import { type InstanceAddress, type WireInstance } from "../../lxd/api/instance/instances";
import { type Client } from "../../lxd/client/core/client";
import { isRunning } from "./power";

export interface InterfaceAddresses {
  ipv4: string[];
  ipv6: string[];
}

export interface NetworkOutputs {
  /** Keyed by the interface's name in the guest. */
  addresses: Record<string, InterfaceAddresses>;
  /** The first global address of each family. */
  ipv4?: string | undefined;
  ipv6?: string | undefined;
  /** Keyed by device name. */
  macs: Record<string, string>;
}

/** The state of a stopped instance is not worth a request. */
export async function readNetwork(client: Client, at: InstanceAddress, wire: WireInstance): Promise<NetworkOutputs> {
  const state = isRunning(wire) ? await findState(client, at) : undefined;
  const addresses = addressesOf(state);
  const all = Object.values(addresses);
  return {
    addresses,
    ipv4: all.flatMap((each) => each.ipv4)[0],
    ipv6: all.flatMap((each) => each.ipv6)[0],
    macs: macsOf(wire),
  };
}

/** Global addresses of all interfaces except the loopback. */
export function addressesOf(state: WireState | undefined): Record<string, InterfaceAddresses> {
  const cards = Object.entries(state?.network ?? {}).filter(([, card]) => card.type !== "loopback");
  return Object.fromEntries(
    cards.map(([name, card]) => {
      const global = (card.addresses ?? []).filter((address) => address.scope === "global");
      const of = (family: string): string[] =>
        global.filter((address) => address.family === family).map(({ address }) => address);
      return [name, { ipv4: of("inet"), ipv6: of("inet6") }];
    }),
  );
}

/** The interfaces that a wait for an address has seen, with all of their addresses. */
export function describeInterfaces(state: WireState | undefined): string {
  const cards = Object.entries(state?.network ?? {}).filter(([, card]) => card.type !== "loopback");
  if (cards.length === 0) return "the machine reports no network interface";
  const each = cards.map(([name, { addresses }]) => {
    const all = (addresses ?? []).map(({ address, scope }) => (scope === "global" ? address : `${address} (${scope})`));
    return `${name} with ${all.join(", ") || "no address"}`;
  });
  return `its network interfaces are ${each.join("; ")}`;
}

function macsOf({ config, expanded_devices: devices }: WireInstance): Record<string, string> {
  const cards = Object.entries(devices ?? {}).filter(([, device]) => device["type"] === "nic");
  const macs = cards.map(([name, device]) => [name, device["hwaddr"] ?? config?.[`volatile.${name}.hwaddr`]]);
  return Object.fromEntries(macs.filter(([, mac]) => mac !== undefined)) as Record<string, string>;
}
