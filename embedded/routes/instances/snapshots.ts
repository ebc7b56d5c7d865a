// /1.0/instances/<name>/snapshots: stored states of an instance.
import { timestamp } from "../../clock";
import { badRequest, conflict, failed, notFound } from "../../errors";
import type { Call } from "../../http/call";
import { list, urlOf } from "../../http/listing";
import { type Reply, running, sync } from "../../http/reply";
import type { Route } from "../../http/router";
import { instanceKey, instanceUrl, requireInstance, snapshotView } from "../../instances/instance";
import { type InstanceRecord, NEVER, type SnapshotRecord } from "../../store/records";

const snapshotUrl = (instance: InstanceRecord, name: string) =>
  urlOf(["instances", instance.name, "snapshots", name], instance.project);

function requireSnapshot(call: Call): { instance: InstanceRecord; snapshot: SnapshotRecord } {
  const instance = requireInstance(call);
  const name = call.param("snapshot");
  const snapshot = instance.snapshots.find((item) => item.name === name);
  if (snapshot) return { instance, snapshot };
  const what = `snapshot "${name}" of instance "${instance.name}" in project "${instance.project}"`;
  throw notFound(`Failed to fetch ${what}: Instance_snapshot not found`);
}

interface SnapshotWork {
  instance: InstanceRecord;
  name: string;
  description: string;
  /** Returns the new list of snapshots for the current one. */
  change: (snapshots: SnapshotRecord[], instance: InstanceRecord) => SnapshotRecord[];
  /** Applied after the bytes were copied. */
  then?: SnapshotWork["change"];
}

function start(call: Call, { instance, name, description, change, then }: SnapshotWork): Reply {
  const { store, operations, copies } = call.daemon;
  const resources = { instances: [instanceUrl(instance)], instances_snapshots: [snapshotUrl(instance, name)] };
  const make = (how: SnapshotWork["change"]) => {
    const current = requireInstance(call);
    store.instances.set(instanceKey(current), { ...current, snapshots: how(current.snapshots, current) });
  };
  const run = async () => {
    make(change);
    if (then === undefined) return;
    await copies.pass();
    make(then);
  };
  return running(operations.start({ description, project: instance.project, resources, run }));
}

function nextName(instance: InstanceRecord): string {
  const numbers = instance.snapshots.map(({ name }) => Number(/^snap(\d+)$/.exec(name)?.[1] ?? -1));
  return `snap${Math.max(-1, ...numbers) + 1}`;
}

function take(instance: InstanceRecord, name: string, expiresAt: string): SnapshotRecord {
  const { architecture, config, devices, profiles, ephemeral, disk } = instance;
  const content = structuredClone({ architecture, config, devices, profiles, ephemeral, disk });
  return { ...content, name, expiresAt, createdAt: timestamp(), stateful: false };
}

async function createSnapshot(call: Call): Promise<Reply> {
  const instance = requireInstance(call);
  const body = await call.json("InstanceSnapshotsPost", { name: "string", expires_at: "string" });
  const name = body.name || nextName(instance);
  if (name.includes("/")) throw badRequest('Invalid snapshot name: Cannot contain "/"');
  let taken: SnapshotRecord | undefined;
  const change = (snapshots: SnapshotRecord[], current: InstanceRecord) => {
    if (snapshots.some((item) => item.name === name)) {
      const columns = "instances_snapshots.instance_id, instances_snapshots.name";
      const reason = `Failed to create "instances_snapshots" entry: UNIQUE constraint failed: ${columns}`;
      throw failed(`Failed creating instance snapshot record "${name}": Add snapshot info to the database: ${reason}`);
    }
    taken = take(current, name, body.expires_at ?? NEVER);
    return [...snapshots, { ...taken, disk: { ...taken.disk, state: "partial" as const } }];
  };
  const then = (all: SnapshotRecord[]) => all.map((item) => (item.name === name ? { ...item, ...taken } : item));
  return start(call, { instance, name, description: "Snapshotting instance", change, then });
}

function listSnapshots(call: Call): Reply {
  const instance = requireInstance(call);
  const items = instance.snapshots.map((snapshot) => ({
    url: snapshotUrl(instance, snapshot.name),
    view: snapshotView(call.daemon.store, instance, snapshot),
  }));
  return list(call, items);
}

function getSnapshot(call: Call): Reply {
  const { instance, snapshot } = requireSnapshot(call);
  return sync(snapshotView(call.daemon.store, instance, snapshot), { expires_at: snapshot.expiresAt });
}

async function putSnapshot(call: Call): Promise<Reply> {
  const { instance, snapshot } = requireSnapshot(call);
  const body = await call.json("InstanceSnapshotPut", { expires_at: "string" });
  const changed = { ...snapshot, expiresAt: body.expires_at ?? NEVER };
  const change = (all: SnapshotRecord[]) => all.map((item) => (item.name === snapshot.name ? changed : item));
  return start(call, { instance, name: snapshot.name, description: "Updating snapshot", change });
}

async function renameSnapshot(call: Call): Promise<Reply> {
  const { instance, snapshot } = requireSnapshot(call);
  const { name = "" } = await call.json("InstanceSnapshotPost", { name: "string" });
  if (instance.snapshots.some((item) => item.name === name)) {
    throw conflict(`Name '${instance.name}/${name}' already in use`);
  }
  const renamed = { ...snapshot, name };
  const change = (all: SnapshotRecord[]) => all.map((item) => (item.name === snapshot.name ? renamed : item));
  return start(call, { instance, name: snapshot.name, description: "Renaming snapshot", change });
}

function deleteSnapshot(call: Call): Reply {
  const { instance, snapshot } = requireSnapshot(call);
  const change = (all: SnapshotRecord[]) => all.filter((item) => item.name !== snapshot.name);
  return start(call, { instance, name: snapshot.name, description: "Deleting snapshot", change });
}

const SNAPSHOTS = "/1.0/instances/{instance}/snapshots";

export const snapshotRoutes: Route[] = [
  { path: SNAPSHOTS, GET: listSnapshots, POST: createSnapshot },
  {
    path: `${SNAPSHOTS}/{snapshot}`,
    GET: getSnapshot,
    PUT: putSnapshot,
    POST: renameSnapshot,
    DELETE: deleteSnapshot,
  },
];
