// Instance snapshots: taken once, renamed and given a new expiry in place, restored on request.
import { identityOf, type InstanceFound } from "../../lxd/api/instance/instance-identity";
import {
  createSnapshot,
  deleteSnapshot,
  findSnapshot,
  listSnapshots,
  renameSnapshot,
  restoreSnapshot,
  setSnapshotExpiry,
  type SnapshotAddress,
  type WireSnapshot,
} from "../../lxd/api/instance/instance-snapshots";
import { type InstanceAddress } from "../../lxd/api/instance/instances";
import { settleInstance } from "../../lxd/api/operations";
import { type Found } from "../../lxd/client/core/requests";
import { LxdError } from "../../base/errors";
import {
  type Context,
  type PartialInputs,
  type Reading,
  type ReconciledKind,
  type Step,
  type Work,
} from "../../kind/kind";
import { retryWhileBusy } from "../machine/busy";
import { changeSettings, without } from "../machine/settings";
import { addressOfMachine, findMachine, requireMachine, withInstanceIdentity } from "../machine/machine";
import {
  applyDefaults,
  computeInputs,
  instantOf,
  normalize,
  policies,
  schema,
  type SnapshotInputs,
  type SnapshotOutputs,
} from "./inputs";
import { idOf, parseSnapshotId, preflight, strangers, takenByKey } from "./preflight";

type Inputs = SnapshotInputs;
type Outputs = SnapshotOutputs;

export interface SnapshotFound extends Found<WireSnapshot> {
  at: SnapshotAddress;
  /** The instance that the snapshot belongs to. */
  instance: string;
}

const settleMs = 60 * 60_000;

export const instanceSnapshot: ReconciledKind<Inputs, Outputs, SnapshotFound> = {
  kindName: "snapshot",
  schema,
  policies,
  validate: () => [],
  upgrades: [withInstanceIdentity],
  applyDefaults,
  computeInputs,
  normalize,
  preflight,
  deleteBeforeReplace: (olds, news) => idOf(olds) === idOf(news),
  uniqueName: { what: "snapshot", parts: ["project", "instance", "name"] },
  idOf,
  settle: ({ client }, inputs) => settleInstance(client, addressOfMachine(inputs), settleMs),
  locate,
  identity: ({ instance, value }) => `${instance} ${value.created_at}`,
  identityOfState: (state) => (isRead(state) ? `${state.__instance ?? ""} ${state.createdAt}` : undefined),
  // A snapshot left by an interrupted run may lack part of the disk, and the moment it captures is unknown.
  isComplete: (_found, isKnown) => isKnown,
  conflict: ({ value }, inputs, { urn }) => strangers(value, inputs, urn),
  create: take,
  steps,
  toState: (_context, reading) => Promise.resolve(toOutputs(reading)),
  remove: ({ client }, { at }) => deleteSnapshot(client, at),
  fromId: (id, state) => ({ stateful: false, ...(state as Partial<Outputs>), ...placeOf(requireId(id)) }),
};

function isRead({ createdAt }: PartialInputs<Outputs>): boolean {
  return createdAt !== undefined;
}

/** Looks in the instance recorded in the state, even if renamed, and finds the snapshot by its creation time. */
async function locate({ client }: Context, inputs: Inputs, identity?: string): Promise<SnapshotFound | undefined> {
  const machine = await findMachine(client, inputs);
  if (machine === undefined) return undefined;
  const instance = identityOf(machine.value);
  const at = { ...machine.at, snapshot: inputs.name };
  const found = await findSnapshot(client, at);
  const isIt = ({ created_at: time }: WireSnapshot): boolean => identity === undefined || identity.endsWith(` ${time}`);
  if (found !== undefined && isIt(found.value)) return { ...found, at, instance };
  const renamed = identity === undefined ? undefined : (await listSnapshots(client, machine.at)).find(isIt);
  const place = renamed && { ...machine.at, snapshot: renamed.name };
  const again = place && (await findSnapshot(client, place));
  return again && { ...again, at: place, instance };
}

/**
 * A snapshot has no metadata of its own, but it contains a copy of the instance's config, so the owner is stored there.
 */
async function take(context: Context, inputs: Inputs): Promise<void> {
  const { client, urn, status } = context;
  const { at }: InstanceFound = await requireMachine(client, inputs);
  const { name, stateful } = inputs;
  await changeSettings(context, at, ({ config }) => ({ config: { ...config, [takenByKey]: urn } }));
  try {
    const expiry = inputs.expiresAt === undefined ? {} : { expires_at: inputs.expiresAt };
    const desired = { name, stateful, ...expiry };
    await retryWhileBusy(context, at, () => createSnapshot(client, at, desired, status));
  } finally {
    await dropMark(context, at);
  }
}

async function dropMark(context: Context, at: InstanceAddress): Promise<void> {
  await changeSettings(context, at, ({ config }) => ({ config: without(config, takenByKey) }));
}

const never = "0001-01-01T00:00:00Z";

function steps({ context, inputs, olds }: Work<Inputs, Outputs>): Step<SnapshotFound>[] {
  const { client, status } = context;
  const { name, expiresAt, restore, stateful } = inputs;
  return [
    {
      name: "rename",
      run: async ({ at }) => {
        if (at.snapshot === name) return false;
        await renameSnapshot(client, at, name);
        return true;
      },
    },
    {
      name: "set expiry",
      run: async ({ value, etag, at }) => {
        if (instantOf(value.expires_at) === instantOf(expiresAt)) return false;
        await setSnapshotExpiry(client, at, { etag, expiresAt: expiresAt ?? never });
        return true;
      },
    },
    {
      name: "restore",
      run: async ({ at }) => {
        if (olds === undefined || restore === undefined || restore === olds.restore) return false;
        status(`restoring ${at.name}`);
        await retryWhileBusy(context, at, () => restoreSnapshot(client, at, { stateful, onProgress: status }));
        // The restore has brought back the instance's old config, including the key that was set while the snapshot was
        // taken.
        await dropMark(context, at);
        return true;
      },
    },
  ];
}

function placeOf({ project, name, snapshot }: SnapshotAddress): Pick<Inputs, "project" | "instance" | "name"> {
  return { project, instance: name, name: snapshot };
}

function requireId(id: string): SnapshotAddress {
  const at = parseSnapshotId(id);
  if (at !== undefined) return at;
  const advice = 'Use the form "project/instance/snapshot".';
  throw new LxdError({ code: "invalid-argument", why: `"${id}" is not a valid snapshot ID`, advice });
}

/** The restore trigger is recorded only once the restore has succeeded. */
function toOutputs({ inputs, found, state, moment }: Reading<Inputs, Outputs, SnapshotFound>): Outputs {
  const { value, at, instance } = found;
  const isWritten = instantOf(value.expires_at) === instantOf(inputs.expiresAt);
  const expiresAt = isWritten ? inputs.expiresAt : instantOf(value.expires_at);
  const restore = moment === "checkpoint" ? state?.restore : inputs.restore;
  const { stateful, created_at: createdAt } = value;
  return { ...inputs, ...placeOf(at), __instance: instance, stateful, expiresAt, restore, createdAt };
}
