// Instances: blank virtual machines that boot an ISO volume, and machines and containers made from an image.
import { settleInstance } from "../../api/operations";
import { deleteInstance, findInstance, type InstanceAddress } from "../../api/instances";
import { isCode, LxdError } from "../../errors";
import { type Context, type CreateContext, type Made, type ResourceKind } from "../../kind";
import { milliseconds } from "../../units";
import { createDeadlineMs } from "./bookkeeping";
import { preflightChange } from "./change";
import { make } from "./create";
import { whenIdle } from "./idle";
import { addressOf, unwritten } from "./import";
import { madeBefore } from "./identity";
import { complete, policies } from "./inputs";
import { explainMedia } from "./media";
import { move } from "./move";
import { isStopped, stop } from "./power";
import { idOf, preflight, requireOwn } from "./preflight";
import { rebuild } from "./rebuild";
import { rename } from "./rename";
import { rules } from "./rules";
import { type InstanceInputs, type InstanceOutputs, schema } from "./schema";
import { get, observe } from "./settings";
import { observeFiles } from "../guest/files";
import { comparable, isTrue } from "./spelling";
import { shutDownFirst, sync } from "./sync";

type Inputs = InstanceInputs;
type Outputs = InstanceOutputs;

export const instance: ResourceKind<Inputs, Outputs> = {
  noun: "instance",
  schema,
  policies,
  rules,
  complete: async (completion) => {
    const { draft, failures } = await complete(completion);
    return { draft: { ...draft, createdAt: await madeBefore({ ...completion, draft }) }, failures };
  },
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
    // The files are yet to come.
    context.created(id, { ...(await observe(client, inputs, found.value)), files: [] });
    return { id, outputs: await sync(context, inputs), isTakenOver: existing !== undefined };
  } catch (thrown) {
    const error = await explainMedia(client, inputs, LxdError.from(thrown));
    throw error.during(`${importId === undefined ? "create" : "import"} instance ${id}`);
  }
}

/** What is imported was compared with the program in `check`, and is taken as it is. */
async function takeOver({ client }: Context, inputs: Inputs): Promise<Made<Outputs>> {
  const { value } = await get(client, inputs);
  const files = await observeFiles(client, inputs, inputs.files);
  return { id: idOf(inputs), outputs: { ...(await observe(client, inputs, value)), files }, isTakenOver: true };
}

/** With no state but the ID (`Instance.get`) the machine is read as it is. */
async function read({ client }: Context, id: string, state: Partial<Outputs>): Promise<Outputs | undefined> {
  const inputs = state.type === undefined ? unwritten(addressOf(id), state) : (state as Outputs);
  const found = await findInstance(client, inputs);
  if (found === undefined) return undefined;
  const files = await observeFiles(client, inputs, inputs.files);
  return { ...(await observe(client, inputs, found.value)), files };
}

async function update(context: Context, id: string, olds: Outputs, news: Inputs): Promise<Outputs> {
  try {
    const at = { project: olds.project, name: olds.name };
    await shutDownFirst(context, at, news);
    if (await isGone(context, at, news)) await make(context, news);
    const stops = [await rename(context, olds, news), await rebuild(context, olds, news), await move(context, news)];
    return await sync(context, news, { isStoppedFor: stops.includes(true), oldFiles: olds.files });
  } catch (error) {
    throw LxdError.from(error).during(`update instance ${id}`);
  }
}

/** An ephemeral machine is deleted by the daemon when it stops. */
async function isGone({ client }: Context, at: InstanceAddress, news: Inputs): Promise<boolean> {
  if (!news.ephemeral) return false;
  await settleInstance(client, at, createDeadlineMs);
  const found = (await findInstance(client, at)) ?? (await findInstance(client, news));
  return found === undefined;
}

async function remove(context: Context, id: string, state: Outputs): Promise<void> {
  const { client } = context;
  try {
    const found = await findInstance(client, state);
    if (found === undefined) return;
    const { expanded_config: expanded, config } = found.value;
    if (isTrue({ ...expanded, ...config }["security.protection.delete"])) throw protectedFromDeletion();
    const patienceMs = state.onDelete === "shutdown" ? milliseconds(state.shutdownTimeout) : 0;
    if (!isStopped(found.value)) await stop(context, state, patienceMs);
    await whenIdle(context, state, () => deleteInstance(client, state));
  } catch (error) {
    if (!isCode(error, "not-found")) throw LxdError.from(error).during(`delete instance ${id}`);
  }
}

/** The daemon would say so only after the machine was stopped. */
function protectedFromDeletion(): LxdError {
  return new LxdError({
    code: "failed",
    why: 'the instance is protected by "security.protection.delete"',
    advice: "Set that key to false in the program, run `pulumi up`, and try again.",
  });
}
