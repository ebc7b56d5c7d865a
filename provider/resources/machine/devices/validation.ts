// Validation across several devices: names and boot order.
import { type Failure, type PartialInputs } from "../../../kind/kind";
import { isUnknown } from "../../../kind/unknowns";
import { type DeviceInputs } from "./devices";
import { rootDeviceName } from "./root-disk";
import { driveKinds, drives } from "./drives";

/** Typed and plain devices share one namespace. */
export function validateDeviceNames(inputs: PartialInputs<DeviceInputs>): Failure[] {
  const { rootDisk, devices } = inputs;
  const taken = new Set(Object.keys(isUnknown(devices) ? {} : (devices ?? {})));
  const failures: Failure[] = [];
  const claim = (name: string | undefined, property: string): void => {
    if (name === undefined || isUnknown(name)) return;
    if (taken.has(name)) failures.push({ property, reason: `another device is already named "${name}"` });
    taken.add(name);
  };
  if (rootDisk !== undefined) claim(rootDeviceName, "rootDisk");
  for (const list of ["cdroms", "nics", "disks"] as const) {
    known<{ name?: string | undefined }>(inputs[list]).forEach((item, i) => claim(item?.name, `${list}[${i}].name`));
  }
  for (const kind of driveKinds) if (inputs[kind] === true) claim(drives[kind].name, kind);
  return failures;
}

/** With two equal priorities, the boot order is undefined. */
export function validateBootOrder(inputs: PartialInputs<DeviceInputs>): Failure[] {
  const { devices } = inputs;
  const lists = (["cdroms", "disks", "nics"] as const).flatMap((list) =>
    known<{ bootPriority?: number | undefined }>(inputs[list]).map((item, i) => ({ item, place: `${list}[${i}]` })),
  );
  const claims = lists.map(({ item, place }) => ({
    property: `${place}.bootPriority`,
    priority: item?.bootPriority === undefined ? undefined : String(item.bootPriority),
  }));
  for (const [name, device] of Object.entries(isUnknown(devices) ? {} : (devices ?? {}))) {
    claims.push({ property: `devices.${name}["boot.priority"]`, priority: device["boot.priority"] });
  }
  return claims.flatMap(({ property, priority }, i) => {
    const first = claims.findIndex((claim) => claim.priority === priority);
    if (priority === undefined || isUnknown(priority) || first === i) return [];
    return [
      {
        property,
        reason: `${claims[first]?.property ?? ""} has the boot priority ${priority} too; set a different one for each`,
      },
    ];
  });
}

/** The elements by position; undefined for an unknown element. */
export function known<T>(list: T[] | undefined): (T | undefined)[] {
  return Array.isArray(list) ? list.map((item) => (isUnknown(item) ? undefined : item)) : [];
}
