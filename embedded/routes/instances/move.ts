// POST …/instances/<name> with a pool: moves the root disk. It is copied to the other pool as another instance, which
// then replaces the first: creation time and instance-id are new, the UUID stays.
import { randomBytes, randomUUID } from "node:crypto";

import { timestamp } from "../../clock";
import { badRequest, failed, notFound } from "../../errors";
import type { Call } from "../../http/call";
import { type Reply, running } from "../../http/reply";
import { instanceKey, instanceUrl } from "../../instances/instance";
import type { InstanceRecord } from "../../store/records";
import { expandDevices, rootDeviceOf } from "../../used-by";

export function moveToPool(call: Call, instance: InstanceRecord, pool: string): Reply {
  const { store, operations, settings, copies } = call.daemon;
  if (instance.status !== "Stopped") throw badRequest("Instance must be stopped to be moved statelessly");
  const run = async () => {
    const devices = expandDevices(store, instance);
    const root = rootDeviceOf(devices);
    const name = Object.entries(devices).find(([, device]) => device === root)?.[0] ?? "root";
    if (root?.["pool"] === pool) throw failed("Requested storage pool is the same as current pool");
    if (!store.pools.find(pool)) {
      const init = settings.product.kind === "lxd" ? "initialising" : "initializing";
      const why = `Failed creating instance record: Failed ${init} instance: Failed loading storage pool: Storage pool not found`;
      throw notFound(`Instance move to destination failed: ${why}`);
    }
    const config = { ...instance.config, "volatile.cloud-init.instance-id": randomUUID() };
    const moved = { ...instance.devices, [name]: { ...root, pool } };
    const after = { ...instance, config, devices: moved, createdAt: timestamp() };
    const twin: InstanceRecord = { ...after, name: `move-of-${randomBytes(8).readBigUInt64BE()}` };
    store.instances.set(instanceKey(twin), { ...twin, disk: { ...twin.disk, state: "partial" } });
    await copies.pass();
    store.instances.delete(instanceKey(twin));
    store.instances.set(instanceKey(instance), after);
  };
  const work = { project: instance.project, resources: { instances: [instanceUrl(instance)] }, run };
  return running(operations.start({ ...work, description: "Migrating instance" }));
}
