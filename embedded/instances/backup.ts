// Backups of instances and restores from them: a tarball with the record, since simulated disks have nothing else.
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";

import { badRequest, failed, notFound } from "../errors";
import type { Call } from "../http/call";
import { urlOf } from "../http/listing";
import { type Reply, running } from "../http/reply";
import { detectFormat } from "../images/decompress";
import { packTar, scanTar } from "../images/tar";
import { checkInstanceName } from "../names";
import { spoolStream } from "../store/spool";
import type { InstanceRecord } from "../store/records";
import type { Store } from "../store/store";
import { expandDevices, rootDeviceOf } from "../used-by";
import { instanceKey, instanceUrl, requireInstance } from "./instance";

const index = "backup/index.yaml";

/** Backups are short-lived, so a restarted daemon has none. */
const backups = new WeakMap<Store, Map<string, Buffer>>();

function backupsOf(store: Store): Map<string, Buffer> {
  const known = backups.get(store) ?? new Map<string, Buffer>();
  backups.set(store, known);
  return known;
}

const keyOf = (instance: InstanceRecord, backup: string): string => `${instanceKey(instance)}/${backup}`;

function start(call: Call, what: { instance: InstanceRecord; backup: string; description: string }, run: () => void) {
  const { instance, backup, description } = what;
  const url = urlOf(["instances", instance.name, "backups", backup], instance.project);
  const resources = { backups: [url], instances: [instanceUrl(instance)] };
  return running(call.daemon.operations.start({ description, project: instance.project, resources, run }));
}

export async function createBackup(call: Call): Promise<Reply> {
  const instance = requireInstance(call);
  const { name = "" } = await call.json("InstanceBackupsPost", { name: "string" });
  if (name.includes("/")) throw badRequest("Backup names may not contain slashes");
  // JSON is valid YAML.
  const pack = (): Buffer => gzipSync(packTar([{ path: index, content: JSON.stringify(instance) }]));
  const what = { instance, backup: name, description: "Backing up instance" };
  return start(call, what, () => void backupsOf(call.daemon.store).set(keyOf(instance, name), pack()));
}

function requireBackup(call: Call): { instance: InstanceRecord; backup: string; bytes: Buffer } {
  const instance = requireInstance(call);
  const backup = call.param("backup");
  const bytes = backupsOf(call.daemon.store).get(keyOf(instance, backup));
  if (bytes === undefined) throw notFound("Instance backup not found");
  return { instance, backup, bytes };
}

export function exportBackup(call: Call): Reply {
  const { bytes } = requireBackup(call);
  return { kind: "body", headers: { "Content-Type": "application/octet-stream" }, body: Readable.from([bytes]) };
}

export function deleteBackup(call: Call): Reply {
  const found = requireBackup(call);
  const what = { ...found, description: "Removing instance backup" };
  return start(call, what, () => void backupsOf(call.daemon.store).delete(keyOf(found.instance, found.backup)));
}

async function readIndex(path: string): Promise<InstanceRecord> {
  const format = await detectFormat(path);
  let found: InstanceRecord | undefined;
  await scanTar(format.open(path), async (entry, read) => {
    if (entry.path !== index) return false;
    found = JSON.parse((await read()).toString()) as InstanceRecord;
    return true;
  });
  if (found === undefined) throw failed('Backup is missing at "backup/index.yaml"');
  return found;
}

/** Config, devices and profiles come from the backup; only name and pool can be changed. */
export async function restoreInstance(call: Call): Promise<Reply> {
  const { store, operations, copies } = call.daemon;
  const spooled = await spoolStream(call.body, store.spoolDir);
  const saved = await readIndex(spooled.path).finally(() => rmSync(spooled.path, { force: true }));
  const name = call.productHeader("name") || saved.name;
  checkInstanceName(name);
  const [device, disk] = Object.entries(saved.devices).find(([, each]) => each["path"] === "/") ?? [];
  const pool = call.productHeader("pool") || rootDeviceOf(expandDevices(store, saved))?.["pool"] || "";
  if (!store.pools.find(pool)) throw failed("Storage pool not found: Storage pool not found");
  const devices = device === undefined ? saved.devices : { ...saved.devices, [device]: { ...disk, pool } };
  const instance: InstanceRecord = { ...saved, project: call.project, name, devices, status: "Stopped" };
  const root = store.rootPath(pool, instance);
  const run = async () => {
    const why = "Create instance from backup: Cannot restore volume, already exists on target";
    if (store.instances.find(instanceKey(instance)) || existsSync(root)) throw failed(why);
    // The disk first and the record last, unlike everywhere else.
    writeFileSync(root, "");
    await copies.pass();
    store.instances.set(instanceKey(instance), instance);
    rmSync(root);
  };
  const resources = { instances: [instanceUrl(instance)] };
  return running(operations.start({ description: "Restoring backup", project: call.project, resources, run }));
}
