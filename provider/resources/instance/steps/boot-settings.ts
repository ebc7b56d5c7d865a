// What a machine takes only when it starts: its firmware, what it boots from and in which order, what the firmware is given.
import { isDeepStrictEqual } from "node:util";
import { sha256 } from "../../../base/canonical";
import { type InstanceSettings, type StringMap, type WireInstance } from "../../../lxd/api/instance/instances";
import { startedKey } from "../../shared/ownership";
import { type InstanceInputs } from "../schema";
import { normalize } from "../../shared/normalize";

/** Config keys of virtual machines that the daemons take only while the machine is off. */
export const coldKeys =
  /^(raw\.qemu.*|migration\.stateful|limits\.memory\.hugepages|agent\.nic_config|security\.(sev.*|iommu))$/;
/** Those that they take at any time, and use at the next start. */
const nextStartKeys =
  /^(security\.(secureboot|csm)|boot\.mode|cloud-init\..+|user\.(user-data|vendor-data|network-config|meta-data))$/;
const diskOptions = /^(type|pool|source|path|boot\.priority|io\.bus|attached)$/;

type Settings = Partial<Pick<InstanceSettings, "config" | "devices" | "profiles">>;

/** Whether a start with these settings is one with those. */
export function isSameStart(one: Settings, other: Settings): boolean {
  return isDeepStrictEqual(bootSettings(one), bootSettings(other)) && isDeepStrictEqual(one.profiles, other.profiles);
}

/**
 * What is noted before a machine is started: with which settings that will be, and when the start before was. Once the
 * server tells of a later one, the machine was started so.
 */
export function startMark(wire: WireInstance, inputs: InstanceInputs): string {
  return `${digestOf(wire, inputs)} ${wire.last_used_at}`;
}

/** Whether the last start of a machine was one with the settings that it has now. */
export function isStartedSo(wire: WireInstance, inputs: InstanceInputs): boolean {
  const [digest, before] = wire.config?.[startedKey]?.split(" ") ?? [];
  return digest === digestOf(wire, inputs) && before !== wire.last_used_at;
}

function digestOf(wire: WireInstance, { cdroms }: InstanceInputs): string {
  const settings = bootSettings({ config: wire.expanded_config, devices: wire.expanded_devices });
  // A volume can get another content under its name.
  const contents = cdroms.map(({ volume }) => volume?.digest);
  const text = JSON.stringify([settings, contents]);
  return sha256(text).slice(0, 16);
}

function bootSettings({ config, devices }: Settings): [string, unknown][][] {
  const keys = entriesOf(normalize({ config: config ?? {} }).config);
  const bootDevices = entriesOf(devices ?? {}).flatMap(([name, device]): [string, unknown][] => {
    const options = bootOptions(device);
    return options === undefined ? [] : [[name, entriesOf(options)]];
  });
  return [keys.filter(([key]) => coldKeys.test(key) || nextStartKeys.test(key)), bootDevices];
}

/** Undefined of a device that is plugged in while the machine runs. */
function bootOptions(device: StringMap): StringMap | undefined {
  if (device["type"] === "disk") return pick(device, (option) => diskOptions.test(option));
  return device["type"] === "tpm" || device["boot.priority"] !== undefined ? device : undefined;
}

function pick(map: StringMap, keep: (key: string) => boolean): StringMap {
  return Object.fromEntries(Object.entries(map).filter(([key]) => keep(key)));
}

/** In an order that no server changes. */
function entriesOf<T>(map: Record<string, T>): [string, T][] {
  return Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
}
