// POST …/rebuild: a new root disk, empty or from an image; the config is kept.
import { badRequest, DaemonError, failed } from "../../errors";
import type { Call } from "../../http/call";
import { type Reply, running } from "../../http/reply";
import { instanceKey, instanceUrl, requireInstance } from "../../instances/instance";
import { checkImageSource, imageOf, type Source, sourceOf } from "../../instances/sources";
import type { Config, InstanceRecord } from "../../store/records";

const isOfImage = (key: string): boolean => key.startsWith("image.") || key === "volatile.base_image";

function withoutImage(config: Config): Config {
  return Object.fromEntries(Object.entries(config).filter(([key]) => !isOfImage(key)));
}

function rebuilt(call: Call, instance: InstanceRecord, source: Source): InstanceRecord {
  const config = { ...withoutImage(instance.config), "volatile.apply_template": "create" };
  if (source.type === "none") return { ...instance, config, disk: { state: "blank" } };
  const image = imageOf(call, source);
  if (image === undefined) throw failed("Image not provided for instance rebuild");
  if (image.type !== instance.type) {
    throw failed(`Requested image's type "${image.type}" doesn't match instance type "${instance.type}"`);
  }
  const properties = Object.entries(image.properties).map(([key, value]) => [`image.${key}`, value] as const);
  const own = { ...Object.fromEntries(properties), "volatile.base_image": image.fingerprint };
  return {
    ...instance,
    config: { ...config, ...own },
    disk: { state: "image", from: image.fingerprint, properties: image.ownProperties },
  };
}

export async function rebuildInstance(call: Call): Promise<Reply> {
  const { settings, operations, store, copies } = call.daemon;
  if (!settings.product.has("instances_rebuild")) throw new DaemonError(404, "not found");
  const body = await call.json("InstanceRebuildPost", { source: "object" });
  const instance = requireInstance(call);
  const source = sourceOf(body.source);
  if (source.type !== "none") checkImageSource(source);
  if (instance.status !== "Stopped") throw badRequest("Instance must be stopped to be rebuilt");
  const run = async () => {
    const result = rebuilt(call, instance, source);
    if (instance.snapshots.length > 0) {
      const how = source.type === "none" ? "Failed rebuilding as an empty instance" : "Failed rebuilding instance";
      throw failed(`${how}: Cannot remove an instance volume that has snapshots`);
    }
    if (result.disk.state !== "blank") {
      store.instances.set(instanceKey(instance), { ...instance, disk: { ...result.disk, state: "partial" } });
      await copies.pass();
    }
    store.instances.set(instanceKey(result), result);
  };
  const work = { project: instance.project, resources: { instances: [instanceUrl(instance)] }, run };
  return running(operations.start({ ...work, description: "Rebuilding instance" }));
}
