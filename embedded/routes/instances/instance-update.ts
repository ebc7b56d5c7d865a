// PUT and PATCH of an instance: a full replacement in an operation, and an immediate merge.
import { mergeConfig, withoutEmpty } from "../../config";
import { failed } from "../../errors";
import type { Call } from "../../http/call";
import type { Decoded, Shape } from "../../http/decode";
import { requireMatch } from "../../http/etag";
import { done, type Reply, running } from "../../http/reply";
import { coveredByEtag, instanceKey, instanceUrl, requireInstance } from "../../instances/instance";
import { requireProfiles, updateInstance } from "../../instances/update";
import type { InstanceRecord } from "../../store/records";
import { randomUUID } from "node:crypto";

const PUT = {
  architecture: "string",
  config: "config",
  devices: "devices",
  ephemeral: "bool",
  profiles: "strings",
  description: "string",
  restore: "string",
} as const satisfies Shape;

type Body = Decoded<typeof PUT>;

async function readChange(call: Call): Promise<{ instance: InstanceRecord; body: Body }> {
  const instance = requireInstance(call);
  requireMatch(call.ifMatch, coveredByEtag(call.daemon.store, instance));
  const body = await call.json("InstancePut", PUT);
  requireProfiles(call.daemon, instance.project, body.profiles ?? []);
  return { instance, body };
}

function restore(call: Call, instance: InstanceRecord, name: string): void {
  const snapshot = instance.snapshots.find((item) => item.name === name);
  if (snapshot === undefined) throw failed(`Snapshot ${instance.name}/${name} does not exist`);
  const { architecture, devices, profiles, disk } = snapshot;
  const config = { ...snapshot.config, "volatile.uuid.generation": randomUUID() };
  const restored = { ...instance, architecture, devices, profiles, disk, config, description: "" };
  call.daemon.store.instances.set(instanceKey(instance), restored);
}

export async function putInstance(call: Call): Promise<Reply> {
  const { instance, body } = await readChange(call);
  const { operations } = call.daemon;
  const work = { project: instance.project, resources: { instances: [instanceUrl(instance)] } };
  const { restore: name } = body;
  if (name) {
    const run = () => restore(call, instance, name);
    return running(operations.start({ ...work, description: "Restoring snapshot", run }));
  }
  const change = {
    config: withoutEmpty(body.config ?? {}),
    devices: body.devices ?? {},
    ephemeral: body.ephemeral ?? false,
    profiles: body.profiles ?? [],
    description: body.description ?? "",
  };
  // Read again: a concurrent operation may have changed the record.
  const run = () => {
    const current = requireInstance(call);
    updateInstance(call.daemon, current, { ...current, ...change });
  };
  return running(operations.start({ ...work, description: "Updating instance", run }));
}

export async function patchInstance(call: Call): Promise<Reply> {
  const { instance, body } = await readChange(call);
  updateInstance(call.daemon, instance, {
    ...instance,
    config: mergeConfig(instance.config, body.config),
    devices: { ...instance.devices, ...body.devices },
    ephemeral: body.ephemeral ?? instance.ephemeral,
    profiles: body.profiles ?? instance.profiles,
    // An absent description clears it, in PATCH too.
    description: body.description ?? "",
  });
  return done();
}
