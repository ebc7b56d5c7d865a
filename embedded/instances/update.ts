// Validates and stores changes of an instance's config, devices, profiles and description.
import { failed, notFound, wrapErrors } from "../errors";
import type { Daemon } from "../context";
import type { Config, Devices, InstanceRecord } from "../store/records";
import { keyOf } from "../store/store";
import { parseSize } from "../units";
import { expandConfig, expandDevices, profileProject, rootDeviceOf } from "../used-by";
import { checkConfigEarly, checkConfigLate } from "./config-keys";
import { checkSurroundings } from "./create";
import { checkDevices } from "./devices";
import { instanceKey, instanceUrl } from "./instance";
import { checkLiveChange } from "./live-change";
import { cardKeys } from "./volatile";

/** PUT and PATCH check the profiles before anything else. */
export function requireProfiles({ store }: Daemon, project: string, profiles: readonly string[]): void {
  const home = profileProject(store, project);
  const missing = profiles.some((name) => store.profiles.find(keyOf(home, name)) === undefined);
  if (missing) throw notFound("Profile not found");
}

/** The root disk stays in its pool, and a VM's cannot shrink. */
function checkRoot(before: Devices, after: Devices, type: InstanceRecord["type"]): void {
  const [was, will] = [rootDeviceOf(before), rootDeviceOf(after)];
  if (will === undefined) throw failed("Invalid root disk device: No root device could be found");
  const pool = will["pool"] ?? "";
  if (was?.["pool"] !== pool) throw failed(`Cannot update root disk device pool name to "${pool}"`);
  const shrinks = parseSize(will["size"] || "10GiB") < parseSize(was["size"] || "10GiB");
  if (!shrinks || type === "container") return;
  const name = Object.entries(after).find(([, device]) => device === will)?.[0] ?? "root";
  throw failed(`Failed to update device "${name}": Block volumes cannot be shrunk: Cannot be shrunk`);
}

function addedDevices(before: Devices, after: Devices): Devices {
  const same = (name: string) => JSON.stringify(before[name]) === JSON.stringify(after[name]);
  return Object.fromEntries(Object.entries(after).filter(([name]) => !same(name)));
}

/** A running VM gets its larger disk at its next start: the `dir` driver supports nothing else. */
function deferredQuota(after: InstanceRecord, before: Devices, devices: Devices): Config {
  const [was, will] = [rootDeviceOf(before), rootDeviceOf(devices)];
  if (after.type !== "virtual-machine" || after.status === "Stopped" || was?.["size"] === will?.["size"]) return {};
  const name = Object.entries(devices).find(([, device]) => device === will)?.[0] ?? "root";
  return { [`volatile.${name}.apply_quota`]: "true" };
}

/** Validates and stores `after`; leaves the instance unchanged if it throws. */
export function updateInstance(daemon: Daemon, before: InstanceRecord, after: InstanceRecord): void {
  const { store, events, guests } = daemon;
  if (guests.isLeaving(before)) {
    throw failed('Failed to create instance update operation: Instance is busy running a "stop" operation');
  }
  wrapErrors("Invalid config", () => checkConfigEarly(after.config, after.type));
  const [oldDevices, newDevices] = [expandDevices(store, before), expandDevices(store, after)];
  wrapErrors("Invalid devices", () => checkDevices(newDevices));
  checkConfigLate(expandConfig(store, after), "Invalid expanded config");
  checkRoot(oldDevices, newDevices, after.type);
  if (after.status === "Running" && after.type === "virtual-machine") {
    checkLiveChange(expandConfig(store, before), expandConfig(store, after));
  }
  checkSurroundings(daemon, after, addedDevices(oldDevices, newDevices));
  // Omitted daemon-owned keys stay omitted, and a VM does not start without them.
  const own = { ...cardKeys(after.config, newDevices), ...deferredQuota(after, oldDevices, newDevices) };
  const stored = { ...after, config: { ...after.config, ...own } };
  store.instances.set(instanceKey(stored), stored);
  events.lifecycle("instance-updated", { project: stored.project, source: instanceUrl(stored), name: stored.name });
}
