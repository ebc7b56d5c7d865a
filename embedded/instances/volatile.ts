// The keys that the daemon itself writes into an instance's config.
import { randomBytes, randomInt, randomUUID } from "node:crypto";

import type { Config, Devices, InstanceType } from "../store/records";

/** Keys that every instance has; those already there stay. */
export function identityKeys(config: Config): Config {
  const uuid = config["volatile.uuid"] ?? randomUUID();
  return {
    "volatile.cloud-init.instance-id": config["volatile.cloud-init.instance-id"] ?? randomUUID(),
    "volatile.uuid": uuid,
    "volatile.uuid.generation": config["volatile.uuid.generation"] ?? uuid,
  };
}

/** A MAC address for each network card that has none. */
export function cardKeys(config: Config, devices: Devices): Config {
  const cards = Object.entries(devices).filter(([, device]) => device["type"] === "nic" && !device["hwaddr"]);
  const entries = cards.map(([name]) => {
    const key = `volatile.${name}.hwaddr`;
    const tail = [...randomBytes(3)].map((byte) => byte.toString(16).padStart(2, "0"));
    return [key, config[key] ?? ["00", "16", "3e", ...tail].join(":")];
  });
  return Object.fromEntries(entries) as Config;
}

const IDMAP = JSON.stringify([
  { Isuid: true, Isgid: false, Hostid: 1000000, Nsid: 0, Maprange: 1000000000 },
  { Isuid: false, Isgid: true, Hostid: 1000000, Nsid: 0, Maprange: 1000000000 },
]);

/** Keys of a container's user ids. */
export function idmapKeys(type: InstanceType): Config {
  if (type !== "container") return {};
  return { "volatile.idmap.base": "0", "volatile.idmap.next": IDMAP, "volatile.last_state.idmap": "[]" };
}

/** What is done by starting. */
const doneByStart = /^volatile\.(apply_template|[^.]+\.apply_quota)$/;

/** What starting adds; notes of what it was to do go. */
export function afterStart(config: Config, type: InstanceType): Config {
  const own: Config =
    type === "container"
      ? { "volatile.idmap.current": IDMAP }
      : {
          "volatile.vm.definition": "pc-q35-10.0",
          "volatile.vsock_id": config["volatile.vsock_id"] ?? String(randomInt(3, 2 ** 32 - 2)),
        };
  const kept = Object.entries(config).filter(([key]) => !doneByStart.test(key));
  return { ...Object.fromEntries(kept), ...identityKeys(config), ...own, "volatile.last_state.power": "RUNNING" };
}

export function afterStop(config: Config): Config {
  return { ...config, "volatile.last_state.power": "STOPPED", "volatile.last_state.ready": "false" };
}

/** A config without what the daemon wrote into it. */
export function withoutVolatile(config: Config): Config {
  return Object.fromEntries(Object.entries(config).filter(([key]) => !key.startsWith("volatile.")));
}
