// POST /1.0/instances: rejects immediately what can be checked; the rest happens in the operation.
import { badRequest, failed } from "../../errors";
import type { Call } from "../../http/call";
import { type Reply, running } from "../../http/reply";
import { restoreInstance } from "../../instances/backup";
import { makeInstance } from "../../instances/create";
import { instanceUrl } from "../../instances/instance";
import { INSTANCES_POST, nameOf, planOf } from "../../instances/plan";
import { keyOf } from "../../store/store";
import { profileProject } from "../../used-by";
import { requireProject } from "../../scope";

function checkProfiles(call: Call, profiles: readonly string[]): void {
  const { store } = call.daemon;
  const home = profileProject(store, call.project);
  const missing = profiles.find((name) => store.profiles.find(keyOf(home, name)) === undefined);
  if (missing !== undefined) throw failed(`Requested profile "${missing}" doesn't exist`);
}

export async function createInstance(call: Call): Promise<Reply> {
  requireProject(call, () => "Failed loading project: ");
  if (call.contentType === "application/octet-stream") return restoreInstance(call);
  const body = await call.json("InstancesPost", INSTANCES_POST);
  if (call.query.get("target")) throw badRequest("Target only allowed when clustered");
  checkProfiles(call, body.profiles ?? []);
  const name = nameOf(body);
  const { make, alsoUses, metadata } = planOf(call, { ...body, name });
  const { operations, guests } = call.daemon;
  const run = async (progress: (metadata: Record<string, unknown>) => void) => {
    const instance = await makeInstance(call.daemon, make());
    if (metadata) progress(metadata);
    if (body.start === true) guests.start(instance);
  };
  const resources = { instances: [instanceUrl({ project: call.project, name }), ...alsoUses] };
  return running(operations.start({ description: "Creating instance", project: call.project, resources, run }));
}
