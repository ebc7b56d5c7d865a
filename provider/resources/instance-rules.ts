// What can be seen to be wrong about an instance only by looking at several inputs together.
import { type Failure } from "../kind";
import { isUnknown } from "../unknowns";
import { type InstanceDraft } from "./instance-schema";
import { rootDevice } from "./instance-devices";
import { isBookkeeping } from "./ownership";

export function rules(draft: InstanceDraft): Failure[] {
  return [
    ...typeRules(draft),
    ...powerRules(draft),
    ...deviceNameRules(draft),
    ...bootRules(draft),
    ...keyRules(draft),
  ];
}

function typeRules({ type, cdroms }: InstanceDraft): Failure[] {
  if (type !== "container" || known(cdroms).length === 0) return [];
  return [{ property: "cdroms", reason: 'containers have no cdroms; set type: "virtual-machine"' }];
}

/** After the installation the machine must not boot the installer again. */
function powerRules({ running, waitFor, cdroms }: InstanceDraft): Failure[] {
  const waits = known(waitFor).length > 0;
  const reason =
    running === true && waits
      ? 'boots the installer again when the machine is started after its wait; set afterWaits: "eject" or "unprioritize"'
      : undefined;
  return known(cdroms).flatMap((cdrom, i) => {
    const property = `cdroms[${i}].afterWaits`;
    const { afterWaits, bootPriority } = cdrom ?? {};
    if (reason !== undefined && bootPriority !== undefined && afterWaits === "keep") return [{ property, reason }];
    if (waits || isUnknown(waitFor) || afterWaits === undefined || afterWaits === "keep") return [];
    return [{ property, reason: "has no effect without waitFor: nothing is waited for" }];
  });
}

/** Typed devices and those of the plain map share one space of names. */
function deviceNameRules({ rootDisk, cdroms, devices }: InstanceDraft): Failure[] {
  const taken = new Set(Object.keys(isUnknown(devices) ? {} : (devices ?? {})));
  const failures: Failure[] = [];
  const claim = (name: string | undefined, property: string): void => {
    if (name === undefined || isUnknown(name)) return;
    if (taken.has(name)) failures.push({ property, reason: `there is another device called "${name}"` });
    taken.add(name);
  };
  if (rootDisk !== undefined) claim(rootDevice, "rootDisk");
  known(cdroms).forEach((cdrom, i) => claim(cdrom?.name, `cdroms[${i}].name`));
  return failures;
}

/** With two equal priorities it is left to chance what boots. */
function bootRules({ cdroms, devices }: InstanceDraft): Failure[] {
  const claims = known(cdroms).map((cdrom, i) => ({
    property: `cdroms[${i}].bootPriority`,
    priority: cdrom?.bootPriority === undefined ? undefined : String(cdrom.bootPriority),
  }));
  for (const [name, device] of Object.entries(isUnknown(devices) ? {} : (devices ?? {}))) {
    claims.push({ property: `devices.${name}["boot.priority"]`, priority: device["boot.priority"] });
  }
  return claims.flatMap(({ property, priority }, i) => {
    const first = claims.findIndex((claim) => claim.priority === priority);
    if (priority === undefined || isUnknown(priority) || first === i) return [];
    return [
      { property, reason: `${claims[first]?.property ?? ""} has the boot priority ${priority} too; give each its own` },
    ];
  });
}

function keyRules({ config }: InstanceDraft): Failure[] {
  const reserved = Object.keys(isUnknown(config) ? {} : (config ?? {})).filter(
    (key) => isBookkeeping(key) || key.startsWith("volatile.") || key.startsWith("image."),
  );
  return reserved.map((key) => ({
    property: `config["${key}"]`,
    reason: "is kept by the server or this provider; take it out",
  }));
}

/** The elements at their places; undefined stands for one of which nothing is known. */
function known<T>(list: T[] | undefined): (T | undefined)[] {
  return Array.isArray(list) ? list.map((item) => (isUnknown(item) ? undefined : item)) : [];
}
