// Config keys that the daemon itself writes.
import { randomBytes, randomInt, randomUUID } from "node:crypto";

import type { Config, Devices, InstanceType } from "../store/records";

/** Keys that every instance has; existing ones stay. */
export function identityKeys(config: Config): Config {
  const uuid = config["volatile.uuid"] ?? randomUUID();
  return {
    "volatile.cloud-init.instance-id": config["volatile.cloud-init.instance-id"] ?? randomUUID(),
    "volatile.uuid": uuid,
    "volatile.uuid.generation": config["volatile.uuid.generation"] ?? uuid,
  };
}

/** A MAC address for each network card without one. */
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

/** The user ID map keys of a container. */
export function idmapKeys(type: InstanceType): Config {
  if (type !== "container") return {};
  return { "volatile.idmap.base": "0", "volatile.idmap.next": IDMAP, "volatile.last_state.idmap": "[]" };
}

/** Keys of tasks that a start completes. */
const doneByStart = /^volatile\.(apply_template|[^.]+\.apply_quota)$/;

/** The config after a start: adds the keys that a start sets and removes those of completed tasks. */
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

/** A config without the keys that the daemon wrote. */
export function withoutVolatile(config: Config): Config {
  return Object.fromEntries(Object.entries(config).filter(([key]) => !key.startsWith("volatile.")));
}
