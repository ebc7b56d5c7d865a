// What is filled in about devices, and about each element of a list.
import { isUnknown } from "../../../kind/unknowns";
import { type StringMap } from "../../../lxd/api/instance/instances";
import { toStrings } from "../../shared/common";

export function named<T extends { name?: string | undefined; options?: StringMap | undefined }>(
  device: T,
  name: string,
): T {
  const { options } = device;
  const normalized = options === undefined || isUnknown(options) ? {} : { options: toStrings(options) };
  return { ...device, name: device.name ?? name, ...normalized };
}

export function withExplicitDevices(devices: Record<string, StringMap> | undefined): Record<string, StringMap> {
  return Object.fromEntries(
    Object.entries(devices ?? {}).map(([key, device]) => [key, isUnknown(device) ? device : toStrings(device)]),
  );
}

/** A list with something done to each element; a list or an element that is unknown is passed on. */
export function eachOf<T>(list: T[] | undefined, change: (item: T, i: number) => T): T[] {
  if (list === undefined) return [];
  if (isUnknown(list)) return list;
  return list.map((item, i) => (isUnknown(item) ? item : change(item, i)));
}
