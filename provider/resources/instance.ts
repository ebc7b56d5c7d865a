// Instances: blank virtual machines that boot an ISO volume, and machines and containers made from an image.
import { findImage } from "../api/images";
import { settleInstance } from "../api/operations";
import { createInstance, deleteInstance, findInstance, type WireInstance } from "../api/instances";
import { type Client } from "../client/client";
import { isCode, LxdError } from "../errors";
import { type Context, type CreateContext, type ResourceKind } from "../kind";
import { toWire } from "./instance-devices";
import { complete, type InstanceInputs, type InstanceOutputs, policies, schema } from "./instance-inputs";
import { isRunning, isStopped, start, stop, switchOff, waitUntilPoweredOff, wasStarted } from "./instance-power";
import { idOf, obstacle, preflight } from "./instance-preflight";
import { rules } from "./instance-rules";
import { changeSettings, get, syncSettings, toOutputs, without } from "./instance-settings";
import { comparable, isTrue } from "./instance-spelling";
import { ownerKey, pendingKey } from "./ownership";

type Inputs = InstanceInputs;
type Outputs = InstanceOutputs;

const createDeadlineMs = 60 * 60_000;

export const instance: ResourceKind<Inputs, Outputs> = {
  noun: "instance",
  schema,
  policies,
  rules,
  complete,
  comparable,
  preflight,
  deleteBeforeReplace: (olds, news) => idOf(olds) === idOf(news),
  create,
  read,
  update,
  remove,
};

async function create(context: CreateContext<Outputs>, inputs: Inputs): Promise<{ id: string; outputs: Outputs }> {
  const { client, urn } = context;
  const id = idOf(inputs);
  try {
    // A run that was killed may have left the daemon at work.
    await settleInstance(client, inputs, createDeadlineMs);
    const existing = await findInstance(client, inputs);
    if (existing !== undefined) requireOwn(existing.value, inputs, urn);
    else await make(context, inputs);
    const found = await get(client, inputs);
    context.created(id, toOutputs(inputs, found.value));
    return { id, outputs: await sync(context, inputs) };
  } catch (error) {
    throw LxdError.from(error).during(`create instance ${id}`);
  }
}

async function make({ client, urn, status }: Context, inputs: Inputs): Promise<void> {
  const { source } = inputs;
  if (source !== undefined) await requireImage(client, inputs, source.image);
  const { name, type, description, profiles } = inputs;
  const pending = inputs.waitFor.length === 0 ? {} : { [pendingKey]: "wait" };
  await createInstance(
    client,
    inputs.project,
    {
      ...{ name, type, description, profiles },
      source: source === undefined ? { type: "none" } : { type: "image", fingerprint: source.image },
      config: { ...inputs.config, [ownerKey]: urn, ...pending },
      devices: toWire(inputs),
    },
    { deadlineMs: createDeadlineMs, onProgress: (metadata) => status(describeProgress(metadata)) },
  );
}

async function requireImage(client: Client, { project, type }: Inputs, fingerprint: string): Promise<void> {
  const found = await findImage(client, { project, fingerprint });
  if (found === undefined) {
    const why = `there is no image ${fingerprint} in project ${project}`;
    throw new LxdError({ code: "not-found", why, advice: "Import the image first, or name another fingerprint." });
  }
  if (found.value.type === type) return;
  const why = `the image ${fingerprint} is one of a ${found.value.type}, not of a ${type}`;
  throw new LxdError({ code: "invalid-argument", why, advice: `Write type: "${found.value.type}".` });
}

async function read({ client }: Context, _id: string, state: Outputs): Promise<Outputs | undefined> {
  const found = await findInstance(client, state);
  return found === undefined ? undefined : toOutputs(state, found.value);
}

async function update(context: Context, id: string, _olds: Outputs, news: Inputs): Promise<Outputs> {
  try {
    return await sync(context, news);
  } catch (error) {
    throw LxdError.from(error).during(`update instance ${id}`);
  }
}

/** Settings first, then what is left of the waits, then the power state: one road for create, update and repair. */
async function sync(context: Context, inputs: Inputs): Promise<Outputs> {
  const { client, status } = context;
  await syncSettings(context, inputs);
  let { value } = await get(client, inputs);
  if (value.config?.[pendingKey] !== undefined) {
    if (!isRunning(value) && !wasStarted(value)) await start(client, inputs);
    for (const wait of inputs.waitFor) await waitUntilPoweredOff({ client, at: inputs, wait, status });
    await changeSettings(client, inputs, ({ config }) => ({ config: without(config, pendingKey) }));
    ({ value } = await get(client, inputs));
  }
  if (inputs.running && !isRunning(value)) await start(client, inputs);
  if (!inputs.running && isRunning(value)) await stop(client, inputs);
  return toOutputs(inputs, (await get(client, inputs)).value);
}

async function remove({ client }: Context, id: string, state: Outputs): Promise<void> {
  try {
    const found = await findInstance(client, state);
    if (found === undefined) return;
    const { expanded_config: expanded, config } = found.value;
    if (isTrue({ ...expanded, ...config }["security.protection.delete"])) throw isProtected;
    if (!isStopped(found.value)) await switchOff(client, state);
    await deleteInstance(client, state);
  } catch (error) {
    if (!isCode(error, "not-found")) throw LxdError.from(error).during(`delete instance ${id}`);
  }
}

/** The daemon would say so only after the machine was stopped. */
const isProtected = new LxdError({
  code: "failed",
  why: 'the instance is protected by "security.protection.delete"',
  advice: "Set that key to false in the program, run `pulumi up`, and try again.",
});

/** A machine that a killed run of this same resource has left is taken over; a stranger's never is. */
function requireOwn(wire: WireInstance, inputs: Inputs, urn: string): void {
  const failure = obstacle(wire, inputs, urn);
  if (failure !== undefined) throw failure;
}

const unpackKeys = /(\w+)_progress$/;

/** `create_instance_from_image_unpack_progress: "Unpacking image: 40% (…)"` is worth its text. */
function describeProgress(metadata: Record<string, unknown>): string {
  const texts = Object.entries(metadata).filter(([key, value]) => unpackKeys.test(key) && typeof value === "string");
  return texts.map(([, value]) => String(value)).join(", ");
}
