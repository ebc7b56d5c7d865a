// /1.0/instances: containers and virtual machines.
import { randomUUID } from "node:crypto";

import { badRequest, conflict, failed, notFound } from "../../errors";
import { dropLog } from "../../guest/console-log";
import { dropMonitorLog, moveMonitorLog } from "../../guest/monitor-log";
import type { Call } from "../../http/call";
import { list } from "../../http/listing";
import { type Reply, running, sync } from "../../http/reply";
import type { Route } from "../../http/router";
import { createBackup, deleteBackup, exportBackup } from "../../instances/backup";
import { isTrue } from "../../instances/config-values";
import {
  coveredByEtag,
  fullInstanceView,
  instanceKey,
  instanceUrl,
  instanceView,
  requireInstance,
} from "../../instances/instance";
import { expandConfig } from "../../used-by";
import { checkInstanceName } from "../../names";
import { keyOf } from "../../store/store";
import { clearConsole, getConsole, openConsole } from "./console";
import { createInstance } from "./create-instance";
import { execute } from "./exec";
import { deleteFile, getFile, postFile } from "./files";
import { getState, putState } from "./instance-state";
import { patchInstance, putInstance } from "./instance-update";
import { getLog } from "./logs";
import { moveToPool } from "./move";
import { rebuildInstance } from "./rebuild";

/** An unknown project is not an error here; its list is empty. */
function listInstances(call: Call): Reply {
  const { store } = call.daemon;
  const everywhere = call.wantsAllProjects;
  const instances = store.instances.all().filter((item) => everywhere || item.project === call.project);
  const items = instances.map((instance) => ({
    url: instanceUrl(instance),
    view: instanceView(store, instance),
    full: () => fullInstanceView(store, instance),
  }));
  return list(call, items, 400);
}

function getInstance(call: Call): Reply {
  const { store } = call.daemon;
  const instance = requireInstance(call);
  const view = call.recursion > 0 ? fullInstanceView(store, instance) : instanceView(store, instance);
  return sync(view, coveredByEtag(store, instance));
}

async function postInstance(call: Call): Promise<Reply> {
  const { store, operations, events, settings } = call.daemon;
  if (!store.instances.find(keyOf(call.project, call.param("instance")))) {
    throw notFound("Failed to get address of instance's member: Instance not found");
  }
  const instance = requireInstance(call);
  const { name = "", pool } = await call.json("InstancePost", { name: "string", migration: "bool", pool: "string" });
  if (pool !== undefined && settings.product.has("instance_pool_move")) return moveToPool(call, instance, pool);
  if (name !== "") checkInstanceName(name);
  if (store.instances.find(keyOf(call.project, name))) throw conflict(`Name "${name}" already in use`);
  const run = () => {
    if (name === "") throw failed("Invalid instance name: Name must be 1-63 characters long");
    if (instance.status !== "Stopped") throw failed("Renaming of running instance not allowed");
    const config = { ...instance.config, "volatile.cloud-init.instance-id": randomUUID() };
    const renamed = { ...instance, name, config };
    store.instances.set(instanceKey(renamed), renamed);
    store.instances.delete(instanceKey(instance));
    dropLog(store, instance);
    moveMonitorLog(store, instance, renamed);
    events.lifecycle("instance-renamed", { project: call.project, source: instanceUrl(renamed), name });
  };
  const work = { project: call.project, resources: { instances: [instanceUrl(instance)] }, run };
  return running(operations.start({ ...work, description: "Renaming instance" }));
}

function deleteInstance(call: Call): Reply {
  const instance = requireInstance(call);
  if (instance.status !== "Stopped") throw badRequest("Instance is running");
  const { store, operations, events, creating } = call.daemon;
  const run = () => {
    if (creating.has(instanceKey(instance))) {
      throw failed('Failed to create instance delete operation: Instance is busy running a "create" operation');
    }
    const config = expandConfig(store, instance);
    if (isTrue(config["security.protection.delete"])) throw failed("Instance is protected");
    store.instances.delete(instanceKey(instance));
    dropLog(store, instance);
    dropMonitorLog(store, instance);
    events.lifecycle("instance-deleted", {
      project: instance.project,
      source: instanceUrl(instance),
      name: instance.name,
    });
  };
  const work = { project: instance.project, resources: { instances: [instanceUrl(instance)] }, run };
  return running(operations.start({ ...work, description: "Deleting instance" }));
}

const INSTANCE = "/1.0/instances/{instance}";

export const instanceRoutes: Route[] = [
  { path: "/1.0/instances", GET: listInstances, POST: createInstance },
  {
    path: INSTANCE,
    GET: getInstance,
    PUT: putInstance,
    PATCH: patchInstance,
    POST: postInstance,
    DELETE: deleteInstance,
  },
  { path: `${INSTANCE}/backups`, POST: createBackup },
  { path: `${INSTANCE}/backups/{backup}`, DELETE: deleteBackup },
  { path: `${INSTANCE}/backups/{backup}/export`, GET: exportBackup },
  { path: `${INSTANCE}/state`, GET: getState, PUT: putState },
  { path: `${INSTANCE}/exec`, POST: execute },
  { path: `${INSTANCE}/files`, GET: getFile, POST: postFile, DELETE: deleteFile },
  { path: `${INSTANCE}/rebuild`, POST: rebuildInstance },
  { path: `${INSTANCE}/logs/{file}`, GET: getLog },
  { path: `${INSTANCE}/console`, GET: getConsole, POST: openConsole, DELETE: clearConsole },
];
