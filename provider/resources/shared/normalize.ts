// The one form in which an instance's inputs are compared: `8GiB` and `8192MiB` are one size, `yes` and `true` one answer.
import { isDeepStrictEqual } from "node:util";
import { type StringMap } from "../../lxd/api/instance/instances";
import { booleanOf } from "../../kind/booleans";
import { parseSize } from "../../kind/units";

const sizeKeys = /^(limits\.memory|limits\.memory\.swap|limits\.hugepages\..+|size|size\.state)$/;
const switchKeys =
  /^(security\.(secureboot|csm|nesting|privileged|devlxd|guestapi|sev|iommu|idmap\.isolated|agent\.metrics|protection\..+)|boot\.autostart|boot\.autorestart|migration\.stateful|limits\.memory\.(hugepages|swap)|snapshots\.schedule\.stopped|agent\.nic_config|readonly|required|recursive|shift)$/;

/** What is compared in another form than it is written in. */
interface Normalizable {
  rootDisk?: { size?: string | undefined } | undefined;
  config?: StringMap | undefined;
  devices?: Record<string, StringMap> | undefined;
}

/** Works on inputs that are not whole yet, too. */
export function normalize<Inputs extends Normalizable>(inputs: Inputs): Inputs {
  const { rootDisk, config, devices } = inputs;
  return {
    ...inputs,
    ...(config === undefined ? {} : { config: mapOf(config, normalizeValue) }),
    ...(devices === undefined ? {} : { devices: mapOf(devices, (_, device) => mapOf(device, normalizeValue)) }),
    ...(rootDisk?.size === undefined ? {} : { rootDisk: { ...rootDisk, size: normalizeValue("size", rootDisk.size) } }),
  };
}

/** Whether two devices are one, however their values are spelled. */
export function sameDevice(one: StringMap, other: StringMap): boolean {
  return isDeepStrictEqual(mapOf(one, normalizeValue), mapOf(other, normalizeValue));
}

function normalizeValue(key: string, value: string): string {
  if (switchKeys.test(key)) {
    const answer = booleanOf(value);
    if (answer !== undefined) return String(answer);
  }
  const bytes = sizeKeys.test(key) ? parseSize(value) : undefined;
  return bytes === undefined ? value : String(bytes);
}

/** A map with its values changed; what is no map because it is not known yet is passed on. */
function mapOf<T>(map: Record<string, T>, change: (key: string, value: T) => T): Record<string, T> {
  if (typeof map !== "object") return map;
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(key, value)]));
}

/** A daemon drops a key whose value is empty, so it is one that is not set. */
export function withoutEmpty(map: StringMap): StringMap {
  return Object.fromEntries(Object.entries(map).filter(([, value]) => value !== ""));
}
