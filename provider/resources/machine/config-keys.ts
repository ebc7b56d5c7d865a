// Checks the config keys and plain devices of machines and profiles for misspelled names and invalid values.
//
// Servers report one such error at a time, some only after the machine was created, and most without the key.
import { isDeepStrictEqual } from "node:util";
import { nearest } from "../../base/nearest";
import { booleanOf } from "../../kind/booleans";
import { type Failure } from "../../kind/kind";
import { sizeProblem } from "../../kind/schema";
import { parseSize } from "../../kind/units";
import { isUnknown } from "../../kind/unknowns";
import { type StringMap } from "../../lxd/api/instance/instances";
import { optionProblems } from "./devices/values";
import { type ConfigKeys, instanceConfigKeys } from "../../lxd/api/metadata";
import { type Client } from "../../lxd/client/core/client";

/** Prefixes whose keys are free-form, or belong to a list that grows with each release. */
const openKeys =
  /^(user|environment|image|volatile|raw|nvidia|cloud-init|linux\.sysctl|smbios11|security\.syscalls|limits\.kernel|limits\.hugepages)\./;

/** The keys of servers that publish none: LXD before 5.17, and the embedded daemon. */
const commonKeys: ConfigKeys = new Map([
  ...typed(
    "bool",
    "boot.autorestart boot.autostart migration.incremental.memory migration.stateful agent.nic_config",
    "limits.memory.hugepages security.agent.metrics security.csm security.devlxd security.devlxd.images",
    "security.guestapi security.guestapi.images security.idmap.isolated security.iommu security.nesting",
    "security.privileged security.protection.delete security.protection.shift security.secureboot security.sev",
    "security.sev.policy.es snapshots.schedule.stopped",
  ),
  ...typed(
    "integer",
    "boot.autostart.delay boot.autostart.priority boot.host_shutdown_timeout boot.stop.priority limits.cpu.priority",
    "limits.disk.priority limits.memory.swap.priority limits.network.priority limits.processes",
    "migration.incremental.memory.goal migration.incremental.memory.iterations security.idmap.base security.idmap.size",
  ),
  ...typed(
    "string",
    "boot.host_shutdown_action cluster.evacuate limits.cpu limits.cpu.allowance limits.cpu.nodes",
    "limits.memory limits.memory.enforce limits.memory.swap linux.kernel_modules security.sev.session.data",
    "security.sev.session.dh snapshots.expiry snapshots.pattern snapshots.schedule ubuntu_pro.guest_attach",
  ),
]);

function typed(type: string, ...lists: string[]): [string, string][] {
  return lists.flatMap((list) => list.split(" ")).map((name) => [name, type]);
}

const deviceTypes = "none nic disk unix-char unix-block usb gpu infiniband proxy unix-hotplug tpm pci".split(" ");
/** Options without a dot in their names; those with one belong to families that grow. */
const deviceOptions: Record<string, string> = {
  nic: "network nictype parent name hwaddr mtu host_name vlan gvrp mode acceleration nested vhost attached connected",
  disk: "source path pool size readonly required recursive shift propagation attached dependent",
  proxy: "listen connect bind uid gid mode nat proxy_protocol",
  gpu: "gputype vendorid productid pci id mdev uid gid mode",
  usb: "vendorid productid serial busnum devnum uid gid mode required",
  tpm: "path pathrm",
};

interface Typed {
  options?: StringMap | undefined;
}

interface Plain {
  config?: StringMap | undefined;
  devices?: Record<string, StringMap> | undefined;
  nics?: Typed[] | undefined;
  disks?: Typed[] | undefined;
}

/**
 * Checks keys and values that differ from `olds`. Refuses an unknown key only if it resembles a known one, since a newer
 * server may have other keys.
 */
export async function configFailures(client: Client, inputs: Plain, olds: Plain = {}): Promise<Failure[]> {
  const entries = changed(inputs.config, olds.config);
  const keys = entries.length === 0 ? commonKeys : ((await instanceConfigKeys(client)) ?? commonKeys);
  return [
    ...entries.flatMap(([key, value]) => failuresOf(`config[${JSON.stringify(key)}]`, { key, value, keys })),
    ...changed(inputs.devices, olds.devices).flatMap(([name, device]) =>
      deviceFailures(`devices[${JSON.stringify(name)}]`, device),
    ),
    ...typedOptionFailures("nics", "nic", { list: inputs.nics, before: olds.nics }),
    ...typedOptionFailures("disks", "disk", { list: inputs.disks, before: olds.disks }),
  ];
}

/** Checks the plain options of typed devices. */
function typedOptionFailures(
  property: string,
  type: string,
  { list, before }: { list: Typed[] | undefined; before: Typed[] | undefined },
): Failure[] {
  const [now, was] = [byPosition(list), byPosition(before)];
  return changed(now, was).flatMap(([i, { options }]) =>
    options === undefined || isUnknown(options)
      ? []
      : deviceFailures(`${property}[${i}].options`, { ...options, type }),
  );
}

function byPosition(list: Typed[] | undefined): Record<string, Typed> {
  return Array.isArray(list) ? Object.fromEntries(list.entries()) : {};
}

function changed<T>(map: Record<string, T> | undefined, before: Record<string, T> | undefined): [string, T][] {
  if (map === undefined || isUnknown(map)) return [];
  return Object.entries(map).filter(([key, value]) => !isUnknown(value) && !isDeepStrictEqual(value, before?.[key]));
}

function failuresOf(
  property: string,
  { key, value, keys }: { key: string; value: string; keys: ConfigKeys },
): Failure[] {
  const type = keys.get(key);
  if (type !== undefined) return value === "" ? [] : valueFailures(property, { key, value, type });
  const near = openKeys.test(key) ? undefined : nearest(key, [...keys.keys()]);
  return near === undefined ? [] : [{ property, reason: `is not a config key; did you mean "${near}"?` }];
}

function valueFailures(
  property: string,
  { key, value, type }: { key: string; value: string; type: string },
): Failure[] {
  const quoted = JSON.stringify(value);
  if (type === "bool" && booleanOf(value) === undefined)
    return [{ property, reason: `must be "true" or "false", but is ${quoted}` }];
  if (type === "integer" && !/^-?\d+$/.test(value))
    return [{ property, reason: `must be an integer, but is ${quoted}` }];
  if (key === "limits.cpu" && !/^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(value))
    return [{ property, reason: `must be a number of CPUs or a list such as "0-3,8", but is ${quoted}` }];
  if (key === "limits.memory" && !/^\d+(\.\d+)?%$/.test(value) && parseSize(value) === undefined)
    return [{ property, reason: sizeProblem(value) }];
  return [];
}

function deviceFailures(property: string, device: StringMap): Failure[] {
  const { type } = device;
  if (type === undefined) return [{ property, reason: `must have a type: ${deviceTypes.join(", ")}` }];
  if (isUnknown(type)) return [];
  if (!deviceTypes.includes(type)) {
    const near = nearest(type, deviceTypes);
    const hint = near === undefined ? `use one of ${deviceTypes.join(", ")}` : `did you mean "${near}"?`;
    return [{ property: `${property}.type`, reason: `${JSON.stringify(type)} is not a device type; ${hint}` }];
  }
  const known = deviceOptions[type]?.split(" ");
  if (known === undefined) return [];
  return [...rootFailures(property, device), ...optionFailures(property, device, known)];
}

/** A device replaces the one of the same name in the profiles, with all of its options. */
function rootFailures(property: string, { type, path, pool, size }: StringMap): Failure[] {
  if (type !== "disk" || path !== "/" || (pool !== undefined && pool !== "")) return [];
  const typed = `{ pool: "default"${size === undefined || isUnknown(size) ? "" : `, size: ${JSON.stringify(size)}`} }`;
  const reason = `is required for a root disk, also if a profile has one with a pool; instead of this device, use rootDisk: ${typed}`;
  return [{ property: `${property}.pool`, reason }];
}

function optionFailures(property: string, device: StringMap, known: string[]): Failure[] {
  const type = device["type"] ?? "";
  return Object.entries(device).flatMap(([option, value]) => {
    const problem = isUnknown(value) ? undefined : optionProblems[type]?.[option]?.(value);
    if (problem !== undefined) return [{ property: propertyOf(property, option), reason: problem }];
    if (option === "type" || option.includes(".") || known.includes(option)) return [];
    const near = nearest(option, known);
    if (near === undefined) return [];
    const reason = `is not an option of a device of the type ${type}; did you mean "${near}"?`;
    return [{ property: propertyOf(property, option), reason }];
  });
}

function propertyOf(device: string, option: string): string {
  return option.includes(".") ? `${device}[${JSON.stringify(option)}]` : `${device}.${option}`;
}
