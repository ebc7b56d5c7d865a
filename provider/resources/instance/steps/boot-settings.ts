// Settings that apply only at a start: firmware, boot media and order, and data passed to the firmware.
import { isDeepStrictEqual } from "node:util";
import { sha256 } from "../../../base/canonical";
import { type InstanceSettings, type StringMap, type WireInstance } from "../../../lxd/api/instance/instances";
import { startedKey } from "../../shared/ownership";
import { type InstanceInputs } from "../schema";
import { normalize } from "../../shared/normalize";

/** Config keys of virtual machines that the daemons accept only while the instance is off. */
export const coldKeys =
  /^(raw\.qemu.*|migration\.stateful|limits\.memory\.hugepages|agent\.nic_config|security\.(sev.*|iommu))$/;
/** Keys that the daemons accept at any time and apply at the next start. */
const nextStartKeys =
  /^(security\.(secureboot|csm)|boot\.mode|cloud-init\..+|user\.(user-data|vendor-data|network-config|meta-data))$/;
const diskOptions = /^(type|pool|source|path|boot\.priority|io\.bus|attached)$/;

type Settings = Partial<Pick<InstanceSettings, "config" | "devices" | "profiles">>;

/** Whether both settings result in the same start. */
export function isSameStart(one: Settings, other: Settings): boolean {
  return isDeepStrictEqual(bootSettings(one), bootSettings(other)) && isDeepStrictEqual(one.profiles, other.profiles);
}

/**
 * Recorded before an instance is started: the digest of its settings and the time of the previous start. Once the
 * server reports a later start, the instance was started with these settings.
 */
export function startMark(wire: WireInstance, inputs: InstanceInputs): string {
  return `${digestOf(wire, inputs)} ${wire.last_used_at}`;
}

/** Whether the last start used the current settings. */
export function isStartedSo(wire: WireInstance, inputs: InstanceInputs): boolean {
  const [digest, before] = wire.config?.[startedKey]?.split(" ") ?? [];
  return digest === digestOf(wire, inputs) && before !== wire.last_used_at;
}

function digestOf(wire: WireInstance, { cdroms }: InstanceInputs): string {
  const settings = bootSettings({ config: wire.expanded_config, devices: wire.expanded_devices });
  // A volume can get different content under the same name.
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

/** Undefined for a device that is hot-plugged. */
function bootOptions(device: StringMap): StringMap | undefined {
  if (device["type"] === "disk") return pick(device, (option) => diskOptions.test(option));
  return device["type"] === "tpm" || device["boot.priority"] !== undefined ? device : undefined;
}

function pick(map: StringMap, keep: (key: string) => boolean): StringMap {
  return Object.fromEntries(Object.entries(map).filter(([key]) => keep(key)));
}

/** Sorted, since servers may reorder entries. */
function entriesOf<T>(map: Record<string, T>): [string, T][] {
  return Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
}
