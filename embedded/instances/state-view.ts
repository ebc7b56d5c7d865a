// GET …/state: the resource usage of a simulated guest.
import { createHash } from "node:crypto";

import { type InstanceRecord, NEVER } from "../store/records";
import type { Store } from "../store/store";
import { chooseBoot } from "../guest/boot";
import { expandDevices } from "../used-by";

const CODES = { Stopped: 102, Running: 103, Frozen: 110 } as const;
const NO_MEMORY = { usage: 0, usage_peak: 0, total: 0, swap_usage: 0, swap_usage_peak: 0 };

const COUNTERS = {
  bytes_received: 0,
  bytes_sent: 0,
  packets_received: 0,
  packets_sent: 0,
  errors_received: 0,
  errors_sent: 0,
  packets_dropped_outbound: 0,
  packets_dropped_inbound: 0,
};

/** The addresses that a network's DHCP assigns to a guest: always the same for the same name. */
function addressesOf(instance: InstanceRecord, device: Record<string, string>): object[] {
  if (device["network"] === undefined) return [];
  const [a = 0, b = 0] = createHash("sha256").update(instance.name).digest();
  const ipv4 = { family: "inet", address: device["ipv4.address"] ?? `10.91.${a}.${(b % 250) + 2}`, netmask: "16" };
  const ipv6 = { family: "inet6", address: device["ipv6.address"] ?? `fd42:91::${a}:${b}`, netmask: "64" };
  return [ipv4, ipv6].map((address) => ({ ...address, scope: "global" }));
}

const card = (type: "loopback" | "broadcast", addresses: object[] = []) => ({
  addresses,
  counters: COUNTERS,
  hwaddr: "",
  host_name: "",
  mtu: type === "loopback" ? 65536 : 1500,
  state: "down",
  type,
});

/** The agent of a virtual machine is part of the installed system; a container needs none. */
export function hasAgent(store: Store, instance: InstanceRecord): boolean {
  return instance.type === "container" || chooseBoot(store, instance).boot.kind === "system";
}

/** A container shows its loopback; a VM without an agent shows only its network cards. */
function networkOf(store: Store, instance: InstanceRecord): Record<string, unknown> {
  const devices = Object.entries(expandDevices(store, instance));
  const cards = devices.filter(([, device]) => device["type"] === "nic");
  const shown = Object.fromEntries(
    cards.map(([name, device]) => [
      device["name"] ?? name,
      card("broadcast", hasAgent(store, instance) ? addressesOf(instance, device) : []),
    ]),
  );
  return instance.type === "container" ? { ...shown, lo: card("loopback") } : shown;
}

export function stateView(store: Store, instance: InstanceRecord): Record<string, unknown> {
  const isUp = instance.status !== "Stopped";
  const isContainer = instance.type === "container";
  return {
    status: instance.status,
    status_code: CODES[instance.status],
    disk: isUp && isContainer ? {} : null,
    memory: NO_MEMORY,
    network: isUp ? networkOf(store, instance) : null,
    pid: isUp ? process.pid : 0,
    processes: isUp ? (hasAgent(store, instance) ? 1 : -1) : 0,
    cpu: { usage: 0, allocated_time: 0 },
    started_at: isUp ? instance.startedAt : NEVER,
    os_info: null,
  };
}
