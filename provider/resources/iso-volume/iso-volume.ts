// ISO volumes: created by import, immutable except for the description, deleted once unused.
import {
  deleteVolume,
  describeVolume,
  findVolume,
  listVolumes,
  memberOf,
  sizeOf,
  type VolumeAddress,
  type WireVolume,
} from "../../lxd/api/storage/volumes";
import { LxdError } from "../../base/errors";
import { type Context, type PartialInputs, type ReconciledKind, type Step, type Work } from "../../kind/kind";
import { unplan } from "../shared/planned";
import { applyDefaults, computeInputs } from "./compute-inputs";
import { forgetContent, sendContent } from "./send-content";
import { parseVolumeId, volumeId } from "./id";
import { hashOfVolume } from "./import";
import { type IsoVolumeInputs, type IsoVolumeOutputs, policies, schema } from "./inputs";
import { isAutomatic } from "./names";
import { alreadyExists, conflict, preflight, type VolumeFound } from "./preflight";
import { releaseVolume, returnVolume } from "./in-use";

type Inputs = IsoVolumeInputs;
type Outputs = IsoVolumeOutputs;

export const isoVolume: ReconciledKind<Inputs, Outputs, VolumeFound> = {
  kindName: "ISO volume",
  schema,
  policies,
  validate: () => [],
  applyDefaults,
  computeInputs,
  omittedDefaults: ["allowAnyContent", "trustContent", "overwrite"],
  preflight,
  // A replacement with an automatic name gets a different name.
  deleteBeforeReplace: (olds, news) => volumeId(olds) === volumeId(news) && !isAutomatic(news, urnOf(news)),
  uniqueName: { what: "storage volume", parts: ["project", "pool", "name", "target"] },
  idOf: volumeId,
  locate,
  identity: ({ value, at }) => identitiesOf(value, at)[0] ?? volumeId(at),
  // `.get` starts from a state that has only the inputs.
  identityOfState: (state) => (isRead(state) ? identitiesOf(made(state), state)[0] : undefined),
  // Under an automatic name, an interrupted import leaves a record with the full size, however many bytes it has.
  isComplete: ({ isCompared }, isKnown) => isKnown || isCompared === true,
  conflict: async (found, inputs, { client, urn }) =>
    (await conflict(client, found, inputs, urn)) ?? (await difference(client, found, { inputs, urn })),
  // No volume of this name existed before the create, and only an accepted import creates one.
  isLeftover: ({ value }) => value.content_type === "iso" && (value.used_by ?? []).length === 0,
  create: async (context, inputs) => {
    const { client } = context;
    unplan(client, "storage volume", volumeId(inputs));
    const sizeBytes = await sendContent(context, inputs);
    const object = await locate(context, inputs);
    if (object !== undefined && sizeBytes !== undefined) await requireSize(client, object, sizeBytes);
    return { object };
  },
  steps,
  toState: (_context, { inputs, found }) => Promise.resolve(toOutputs(inputs, found)),
  remove: async (context, { at, value }) => {
    const { isReplaced, live } = context;
    // A volume that is deleted first has no live state yet.
    const hasReplacement = isReplaced && live !== undefined;
    await releaseVolume(context, { volume: at, usedBy: value.used_by ?? [], hasReplacement });
    await dropVolume(context.client, at);
  },
  fromId,
};

function urnOf(inputs: Inputs): string {
  return String((inputs as { __urn?: string }).__urn);
}

async function locate({ client }: Context, inputs: Inputs, identity?: string): Promise<VolumeFound | undefined> {
  const at = addressOf(inputs);
  const found = await findVolume(client, at);
  const isIt = (wire: WireVolume, place: VolumeAddress): boolean =>
    identity === undefined || identitiesOf(wire, place).includes(identity);
  if (found !== undefined && isIt(found.value, at)) return { ...found, at };
  if (identity === undefined || identity === volumeId(at)) return undefined;
  const renamed = (await listVolumes(client, at)).find((wire) => isIt(wire, at));
  const place = renamed && { ...at, name: renamed.name, target: memberOf(renamed) };
  const again = place && (await findVolume(client, place));
  return again && { ...again, at: place };
}

function addressOf({ project, pool, name, target, location }: Inputs & { location?: string }): VolumeAddress {
  return { project, pool, name, target: memberOf({ location }) ?? target };
}

/** Most reliable identity first. LXD 5.0 reports the year 1 for every volume; there the name serves as the identity. */
function identitiesOf({ config, created_at: createdAt }: Pick<WireVolume, "config" | "created_at">, at: VolumeAddress) {
  const time = Date.parse(createdAt) > 0 ? createdAt : undefined;
  return [config?.["volatile.uuid"], time, volumeId(at)].filter((each) => each !== undefined);
}

function isRead({ sizeBytes }: PartialInputs<Outputs>): boolean {
  return sizeBytes !== undefined;
}

function made({ createdAt }: Outputs): Pick<WireVolume, "config" | "created_at"> {
  return { config: {}, created_at: createdAt };
}

type Client = Context["client"];

/**
 * A volume under a fixed name may be left by an interrupted run or created by someone else; only its content can tell.
 */
async function difference(
  client: Client,
  found: VolumeFound,
  { inputs, urn }: { inputs: Inputs; urn: string },
): Promise<LxdError | undefined> {
  if (isAutomatic(inputs, urn) || inputs.overwrite) return undefined;
  const { at, value } = found;
  const algorithm = inputs.digest.startsWith("sha512:") ? "sha512" : "sha256";
  const digest = await hashOfVolume(client, { at, sizeBytes: sizeOf(value), algorithm });
  if (digest !== inputs.digest) return alreadyExists(value, at);
  found.isCompared = true;
  return undefined;
}

async function dropVolume(client: Client, at: VolumeAddress): Promise<void> {
  forgetContent(client, at);
  await deleteVolume(client, at);
}

/** A volume whose size differs from its content is unusable and would block the next attempt. */
async function requireSize(client: Client, { value, at }: VolumeFound, sizeBytes: number): Promise<void> {
  if (sizeOf(value) === sizeBytes) return;
  await dropVolume(client, at);
  const why = `the volume has ${sizeOf(value)} bytes instead of ${sizeBytes}, and was deleted`;
  throw new LxdError({ code: "content-mismatch", why });
}

function steps({ context, inputs }: Work<Inputs, Outputs>): Step<VolumeFound>[] {
  const { client, urn } = context;
  const { description } = inputs;
  return [
    {
      name: "attach",
      run: async ({ at }) => {
        // Under a fixed name, the old volume was detached from the stack's instances.
        if (!isAutomatic(inputs, urn)) await returnVolume(client, at, urn);
        return false;
      },
    },
    {
      name: "describe",
      run: async (found) => {
        if (found.value.description === description) return false;
        await describeVolume(client, found.at, found, description);
        return true;
      },
    },
  ];
}

/** The inputs of a volume of which only the ID is known. */
function fromId(id: string, state: PartialInputs<Outputs>): Inputs {
  const address = parseVolumeId(id);
  if (address !== undefined) return { ...applyDefaults({ digest: "unknown", ...state }), ...address } as Inputs;
  const why = `"${id}" is not a valid volume ID`;
  throw new LxdError({ code: "invalid-argument", why, advice: 'Use the form "project/pool/name".' });
}

/** The only mapping from the daemon's volume to the state. */
function toOutputs(inputs: Inputs, { value, at }: VolumeFound): Outputs {
  const { project, pool, name } = at;
  const { target, source, allowAnyContent, trustContent, overwrite, digest } = inputs;
  if (value.content_type !== "iso") {
    const why = `the volume ${volumeId(at)} is of content type "${value.content_type}", not iso`;
    throw new LxdError({ code: "invalid-argument", why });
  }
  return {
    ...{ pool, name, project, target, source, allowAnyContent, trustContent, overwrite, digest },
    description: value.description,
    sizeBytes: sizeOf(value),
    location: value.location,
    createdAt: value.created_at,
  };
}
