// Snapshots of instances: taken once, renamed and given another expiry in place, restored on request.
import {
  createSnapshot,
  deleteSnapshot,
  findSnapshot,
  renameSnapshot,
  restoreSnapshot,
  setSnapshotExpiry,
  type SnapshotAddress,
  type WireSnapshot,
} from "../../api/instance-snapshots";
import { settleInstance } from "../../api/operations";
import { type Client, type Found } from "../../client/client";
import { isCode, LxdError } from "../../errors";
import { type Context, type CreateContext, type Made, type ResourceKind } from "../../kind";
import { whenIdle } from "../instance/idle";
import { changeSettings, without } from "../instance/settings";
import { requireMachine } from "../machine";
import { comparable, complete, instantOf, policies, schema, type SnapshotInputs, type SnapshotOutputs } from "./inputs";
import { addressOf, idOf, parseSnapshotId, preflight, strangers, takenByKey } from "./preflight";

type Inputs = SnapshotInputs;
type Outputs = SnapshotOutputs;

const settleMs = 60 * 60_000;

export const instanceSnapshot: ResourceKind<Inputs, Outputs> = {
  noun: "snapshot",
  schema,
  policies,
  rules: () => [],
  complete,
  comparable,
  preflight,
  deleteBeforeReplace: (olds, news) => idOf(olds) === idOf(news),
  create,
  read,
  update,
  remove,
};

async function create(context: CreateContext<Outputs>, inputs: Inputs): Promise<Made<Outputs>> {
  const { client, urn, importId } = context;
  const at = addressOf(inputs);
  const id = idOf(inputs);
  try {
    await requireMachine(client, at);
    // A run that was killed may have left the daemon at work.
    if (importId === undefined) await settleInstance(client, at, settleMs);
    const existing = await findSnapshot(client, at);
    const obstacle =
      existing === undefined || importId !== undefined ? undefined : strangers(existing.value, inputs, urn);
    if (obstacle !== undefined) throw obstacle;
    if (existing === undefined) await take(context, inputs);
    const { value } = await get(client, at);
    context.created(id, toOutputs(inputs, value));
    return { id, outputs: await sync(client, inputs), isTakenOver: existing !== undefined };
  } catch (error) {
    throw LxdError.from(error).during(`${importId === undefined ? "take" : "import"} snapshot ${id}`);
  }
}

/** A snapshot carries nothing of its own, but it has a copy of the machine's config: there its owner is written. */
async function take(context: Context, inputs: Inputs): Promise<void> {
  const { client, urn, status } = context;
  const at = addressOf(inputs);
  const { name, stateful } = inputs;
  await changeSettings(context, at, ({ config }) => ({ config: { ...config, [takenByKey]: urn } }));
  try {
    const expiry = inputs.expiresAt === undefined ? {} : { expires_at: inputs.expiresAt };
    const wanted = { name, stateful, ...expiry };
    await whenIdle(context, at, () => createSnapshot(client, at, wanted, status));
  } finally {
    await changeSettings(context, at, ({ config }) => ({ config: without(config, takenByKey) }));
  }
}

async function sync(client: Client, inputs: Inputs): Promise<Outputs> {
  const at = addressOf(inputs);
  const { value, etag } = await get(client, at);
  if (instantOf(value.expires_at) === instantOf(inputs.expiresAt)) return toOutputs(inputs, value);
  await setSnapshotExpiry(client, at, { etag, expiresAt: inputs.expiresAt ?? never });
  return toOutputs(inputs, (await get(client, at)).value);
}

const never = "0001-01-01T00:00:00Z";

async function get(client: Client, at: SnapshotAddress): Promise<Found<WireSnapshot>> {
  const found = await findSnapshot(client, at);
  if (found !== undefined) return found;
  const advice = "Run `pulumi refresh`, then `pulumi up` takes another one, of the machine as it is then.";
  throw new LxdError({ code: "not-found", why: "the snapshot is gone", advice });
}

/** With no state but the ID (`InstanceSnapshot.get`) the snapshot is read as it is. */
async function read({ client }: Context, id: string, state: Partial<Outputs>): Promise<Outputs | undefined> {
  const at = state.instance === undefined ? requireId(id) : addressOf(state as Outputs);
  const found = await findSnapshot(client, at);
  if (found === undefined) return undefined;
  const inputs = {
    stateful: found.value.stateful,
    ...state,
    project: at.project,
    instance: at.name,
    name: at.snapshot,
  };
  return toOutputs(inputs, found.value);
}

function requireId(id: string): SnapshotAddress {
  const at = parseSnapshotId(id);
  if (at !== undefined) return at;
  const advice = 'Write it as "project/instance/snapshot".';
  throw new LxdError({ code: "invalid-argument", why: `"${id}" is no ID of a snapshot`, advice });
}

async function update(context: Context, id: string, olds: Outputs, news: Inputs): Promise<Outputs> {
  const { client, status } = context;
  try {
    const before = { ...addressOf(news), snapshot: olds.name };
    // Under its new name already, if a run was broken off.
    if (olds.name !== news.name && (await findSnapshot(client, before)) !== undefined) {
      await renameSnapshot(client, before, news.name);
    }
    const outputs = await sync(client, news);
    if (news.restore !== undefined && news.restore !== olds.restore) {
      status(`restoring ${news.instance}`);
      const how = { stateful: news.stateful, onProgress: status };
      await whenIdle(context, addressOf(news), () => restoreSnapshot(client, addressOf(news), how));
      // The machine has its old config back, and with it the mark of when the snapshot was taken.
      await changeSettings(context, addressOf(news), ({ config }) => ({ config: without(config, takenByKey) }));
    }
    return outputs;
  } catch (error) {
    throw LxdError.from(error).during(`update snapshot ${id}`);
  }
}

/** Only the very snapshot: one of the same name that somebody has taken since is not this resource's. */
async function remove({ client }: Context, id: string, state: Outputs): Promise<void> {
  try {
    const found = await findSnapshot(client, addressOf(state));
    if (found?.value.created_at === state.createdAt) await deleteSnapshot(client, addressOf(state));
  } catch (error) {
    if (!isCode(error, "not-found")) throw LxdError.from(error).during(`delete snapshot ${id}`);
  }
}

function toOutputs(inputs: Inputs, wire: WireSnapshot): Outputs {
  const isWritten = instantOf(wire.expires_at) === instantOf(inputs.expiresAt);
  const expiresAt = isWritten ? inputs.expiresAt : instantOf(wire.expires_at);
  return { ...inputs, name: wire.name, stateful: wire.stateful, expiresAt, createdAt: wire.created_at };
}
