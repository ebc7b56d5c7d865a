// Creates an instance in an operation: validates its record like the real daemons, then creates its disk.
import { timestamp } from "../clock";
import { existsSync } from "node:fs";

import { failed, notFound, wrapErrors } from "../errors";
import type { Daemon } from "../context";
import { type Config, type Devices, EPOCH, type InstanceRecord, NEVER } from "../store/records";
import { keyOf } from "../store/store";
import { expandConfig, expandDevices, rootPoolOf } from "../used-by";
import { checkConfigEarly, checkConfigLate } from "./config-keys";
import { checkAttachments, checkDevices, checkDeviceTypes, requireRoot } from "./devices";
import { instanceKey, instanceUrl } from "./instance";
import { cardKeys, identityKeys, idmapKeys } from "./volatile";
import { isTrue } from "./config-values";

/** An instance to create. */
export type NewInstance = Pick<
  InstanceRecord,
  "project" | "name" | "type" | "architecture" | "description" | "profiles" | "ephemeral" | "disk" | "snapshots"
> & { config: Config; devices: Devices; template: "create" | "copy" };

function volumeProjectOf({ store }: Daemon, project: string): string {
  const own = isTrue(store.projects.find(project)?.config["features.storage.volumes"]);
  return own ? project : "default";
}

/** Checks the objects that an instance with these devices requires. */
export function checkSurroundings(
  daemon: Daemon,
  instance: Pick<InstanceRecord, "project" | "type">,
  devices: Devices,
) {
  const place = { store: daemon.store, volumeProject: volumeProjectOf(daemon, instance.project), type: instance.type };
  checkAttachments(devices, place);
  checkNetworks(daemon, instance.project, devices);
}

function checkNetworks({ store }: Daemon, project: string, devices: Devices): void {
  const home = isTrue(store.projects.find(project)?.config["features.networks"]) ? project : "default";
  for (const [name, { type, network }] of Object.entries(devices)) {
    if (type !== "nic" || network === undefined || store.networks.find(keyOf(home, network)) !== undefined) continue;
    const reason = `Failed to load network "${network}" for project "${home}": Network not found`;
    throw failed(`Invalid devices: Device validation failed for "${name}": Failed loading device "${name}": ${reason}`);
  }
}

function checkNew(daemon: Daemon, instance: InstanceRecord): void {
  const { store, settings } = daemon;
  if (!store.projects.find(instance.project)) throw notFound("Project not found");
  checkConfigEarly(instance.config, instance.type);
  checkDeviceTypes(instance.devices);
  if (store.instances.find(instanceKey(instance))) {
    if (settings.product.kind === "lxd") throw failed(`Instance "${instance.name}" already exists`);
    const reason = 'Failed to create "instances" entry: UNIQUE constraint failed: instances.project_id, instances.name';
    throw failed(`Add instance info to the database: ${reason}`);
  }
  const devices = expandDevices(store, instance);
  wrapErrors("Failed initializing instance", () => {
    checkConfigLate(expandConfig(store, instance), "Invalid config");
    wrapErrors("Invalid devices", () => checkDevices(devices));
    requireRoot(store, devices);
    checkSurroundings(daemon, instance, devices);
  });
}

/** A name whose disk was left by a restore, which the API does not show, cannot be used. */
function checkRootIsFree({ store }: Daemon, instance: InstanceRecord): void {
  const path = store.rootPath(rootPoolOf(store, instance) ?? "", instance);
  if (!existsSync(path)) return;
  const how = instance.disk.state === "blank" ? "Failed creating instance" : "Failed creating instance from image";
  throw failed(`${how}: Volume path "${path}" already exists`);
}

/** Validates and stores the record, without a disk yet; leaves nothing behind if it throws. */
function addInstance(daemon: Daemon, desired: NewInstance): InstanceRecord {
  const { template: _template, ...rest } = desired;
  const { store, events } = daemon;
  const instance: InstanceRecord = {
    ...rest,
    disk: desired.disk.state === "blank" ? desired.disk : { ...desired.disk, state: "partial" },
    config: { ...desired.config, ...identityKeys(desired.config) },
    stateful: false,
    createdAt: timestamp(),
    lastUsedAt: EPOCH,
    startedAt: NEVER,
    status: "Stopped",
  };
  wrapErrors("Failed creating instance record", () => checkNew(daemon, instance));
  checkRootIsFree(daemon, instance);
  const cards = cardKeys(instance.config, expandDevices(store, instance));
  const made = { ...instance, config: { ...instance.config, ...cards, ...idmapKeys(instance.type) } };
  store.instances.set(instanceKey(made), made);
  events.lifecycle("instance-created", { project: made.project, source: instanceUrl(made), name: made.name });
  return made;
}

/** The record first, then the disk, then the tasks of its first start: a killed real daemon stops in between. */
export async function makeInstance(daemon: Daemon, desired: NewInstance): Promise<InstanceRecord> {
  const { store, copies, creating } = daemon;
  const key = instanceKey(addInstance(daemon, desired));
  creating.add(key);
  try {
    if (desired.disk.state !== "blank") await copies.pass();
    const current = store.instances.find(key);
    if (current === undefined) throw failed("Failed creating instance from image: Image is missing a rootfs");
    const config = { ...current.config, "volatile.apply_template": desired.template };
    const made = { ...current, disk: desired.disk, config };
    store.instances.set(key, made);
    return made;
  } finally {
    creating.delete(key);
  }
}
