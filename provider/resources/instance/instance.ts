// Instances: blank virtual machines that boot an ISO volume, and machines and containers made from an image.
import { findImage } from "../../api/images";
import { settleInstance } from "../../api/operations";
import { createInstance, deleteInstance, findInstance, type StringMap, type WireInstance } from "../../api/instances";
import { type Client } from "../../client/client";
import { isCode, LxdError } from "../../errors";
import { type Context, type CreateContext, type Made, type ResourceKind } from "../../kind";
import { milliseconds } from "../../units";
import { complete, policies } from "./inputs";
import { preflightChange } from "./change";
import { addressOf, unwritten } from "./import";
import { explainMedia } from "./media";
import { isStopped, stop } from "./power";
import { idOf, obstacle, preflight } from "./preflight";
import { rules } from "./rules";
import { rename } from "./rename";
import { type InstanceInputs, type InstanceOutputs, schema } from "./schema";
import { get, observe, wanted } from "./settings";
import { comparable, isTrue } from "./spelling";
import { firstPhase, shutDownFirst, sync } from "./sync";
import { pendingKey } from "../ownership";

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
  preflightChange,
  deleteBeforeReplace: (olds, news) => idOf(olds) === idOf(news),
  create,
  read,
  update,
  remove,
};

async function create(context: CreateContext<Outputs>, inputs: Inputs): Promise<Made<Outputs>> {
  const { client, urn, importId } = context;
  const id = idOf(inputs);
  try {
    if (importId !== undefined) return await takeOver(context, inputs);
    // A run that was killed may have left the daemon at work.
    await settleInstance(client, inputs, createDeadlineMs);
    const existing = await findInstance(client, inputs);
    if (existing !== undefined) requireOwn(existing.value, inputs, urn);
    else await make(context, inputs);
    const found = await get(client, inputs);
    context.created(id, await observe(client, inputs, found.value));
    return { id, outputs: await sync(context, inputs), isTakenOver: existing !== undefined };
  } catch (thrown) {
    const error = await explainMedia(client, inputs, LxdError.from(thrown));
    throw error.during(`${importId === undefined ? "create" : "import"} instance ${id}`);
  }
}

/** What is imported was compared with the program in `check`, and is taken as it is. */
async function takeOver({ client }: Context, inputs: Inputs): Promise<Made<Outputs>> {
  const { value } = await get(client, inputs);
  return { id: idOf(inputs), outputs: await observe(client, inputs, value), isTakenOver: true };
}

async function make({ client, urn, status }: Context, inputs: Inputs): Promise<void> {
  const { source } = inputs;
  if (source !== undefined) await requireImage(client, inputs, source.image);
  const { name, type } = inputs;
  const left = firstPhase(inputs);
  const pending = left === undefined ? {} : { [pendingKey]: left };
  const settings = wanted({ config: pending, devices: {} }, inputs, { urn, info: await client.info() });
  await createInstance(
    client,
    inputs.project,
    {
      ...settings,
      ...{ name, type, profiles: inputs.profiles },
      config: { ...hints(inputs), ...settings.config },
      source: source === undefined ? { type: "none" } : { type: "image", fingerprint: source.image },
    },
    { deadlineMs: createDeadlineMs, onProgress: status },
  );
}

/** Incus gives a machine other hardware for Windows; an image says that of itself. */
function hints({ os, source }: Inputs): StringMap {
  return os === "windows" && source === undefined ? { "image.os": "Windows" } : {};
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

/** With no state but the ID (`Instance.get`) the machine is read as it is. */
async function read({ client }: Context, id: string, state: Partial<Outputs>): Promise<Outputs | undefined> {
  const inputs = state.type === undefined ? unwritten(addressOf(id), state) : (state as Outputs);
  const found = await findInstance(client, inputs);
  return found === undefined ? undefined : observe(client, inputs, found.value);
}

async function update(context: Context, id: string, olds: Outputs, news: Inputs): Promise<Outputs> {
  try {
    await shutDownFirst(context, { project: olds.project, name: olds.name }, news);
    await rename(context, olds, news);
    return await sync(context, news);
  } catch (error) {
    throw LxdError.from(error).during(`update instance ${id}`);
  }
}

async function remove({ client }: Context, id: string, state: Outputs): Promise<void> {
  try {
    const found = await findInstance(client, state);
    if (found === undefined) return;
    const { expanded_config: expanded, config } = found.value;
    if (isTrue({ ...expanded, ...config }["security.protection.delete"])) throw isProtected;
    const patienceMs = state.onDelete === "shutdown" ? milliseconds(state.shutdownTimeout) : 0;
    if (!isStopped(found.value)) await stop(client, state, patienceMs);
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
