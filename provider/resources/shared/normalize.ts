// Normalizes an instance's inputs for comparison: `8GiB` equals `8192MiB`, `yes` equals `true`.
import { isDeepStrictEqual } from "node:util";
import { type StringMap } from "../../lxd/api/instance/instances";
import { booleanOf } from "../../kind/booleans";
import { parseSize } from "../../kind/units";

const sizeKeys = /^(limits\.memory|limits\.memory\.swap|limits\.hugepages\..+|size|size\.state)$/;
const switchKeys =
  /^(security\.(secureboot|csm|nesting|privileged|devlxd|guestapi|sev|iommu|idmap\.isolated|agent\.metrics|protection\..+)|boot\.autostart|boot\.autorestart|migration\.stateful|limits\.memory\.(hugepages|swap)|snapshots\.schedule\.stopped|agent\.nic_config|readonly|required|recursive|shift)$/;

/** Inputs whose normalized form differs from what the user writes. */
interface Normalizable {
  rootDisk?: { size?: string | undefined } | undefined;
  config?: StringMap | undefined;
  devices?: Record<string, StringMap> | undefined;
}

/** Also accepts partial inputs. */
export function normalize<Inputs extends Normalizable>(inputs: Inputs): Inputs {
  const { rootDisk, config, devices } = inputs;
  return {
    ...inputs,
    ...(config === undefined ? {} : { config: mapOf(config, normalizeValue) }),
    ...(devices === undefined ? {} : { devices: mapOf(devices, (_, device) => mapOf(device, normalizeValue)) }),
    ...(rootDisk?.size === undefined ? {} : { rootDisk: { ...rootDisk, size: normalizeValue("size", rootDisk.size) } }),
  };
}

/** Whether two devices are the same after their values are normalized. */
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

/** Maps the values; returns an unknown map unchanged. */
function mapOf<T>(map: Record<string, T>, change: (key: string, value: T) => T): Record<string, T> {
  if (typeof map !== "object") return map;
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(key, value)]));
}

/** The daemons drop a key with an empty value, so an empty value equals an absent key. */
export function withoutEmpty(map: StringMap): StringMap {
  return Object.fromEntries(Object.entries(map).filter(([, value]) => value !== ""));
}
