// ISO volumes: made only by import, never changed but for the description, deleted when nothing uses them.
import {
  deleteVolume,
  describeVolume,
  findVolume,
  memberOf,
  sizeOf,
  type VolumeAddress,
  type WireVolume,
} from "../../api/volumes";
import { type Client } from "../../client/client";
import { isCode, LxdError } from "../../errors";
import { type Context, type CreateContext, type Made, type ResourceKind } from "../../kind";
import { complete } from "./complete";
import { fill } from "./fill";
import { digitsOf, isAutomatic, type IsoVolumeInputs, type IsoVolumeOutputs, policies, schema } from "./inputs";
import { preflight } from "./preflight";
import { unplan } from "../planned";
import { parseVolumeId, volumeId } from "./id";
import { releaseVolume, returnVolume } from "./users";

type Inputs = IsoVolumeInputs;
type Outputs = IsoVolumeOutputs;

export const isoVolume: ResourceKind<Inputs, Outputs> = {
  noun: "ISO volume",
  schema,
  policies,
  rules: () => [],
  complete,
  preflight,
  // A replacement with an automatic name gets another one.
  deleteBeforeReplace: (olds, news) =>
    volumeId(olds) === volumeId(news) && !isAutomatic(news.name, digitsOf(news.digest)),
  create,
  read,
  update,
  remove,
};

async function create(context: CreateContext<Outputs>, inputs: Inputs): Promise<Made<Outputs>> {
  const { client, importId } = context;
  const id = volumeId(inputs);
  unplan(client, "storage volume", id);
  try {
    // What is imported was compared with the program in `check`, and is taken as it is.
    const { sizeBytes, isTakenOver } = importId === undefined ? await fill(context, inputs) : imported;
    const found = await findVolume(client, inputs);
    if (found === undefined) throw new LxdError({ code: "failed", why: "there is no such volume on the daemon" });
    if (sizeBytes !== undefined) await requireWhole(client, inputs, { wire: found.value, sizeBytes });
    context.created(id, toOutputs(inputs, found.value));
    if (!isAutomatic(inputs.name, digitsOf(inputs.digest))) await returnVolume(client, inputs, context.urn);
    return { id, outputs: await sync(client, inputs), isTakenOver };
  } catch (error) {
    throw LxdError.from(error).during(`${importId === undefined ? "create" : "import"} ISO volume ${id}`);
  }
}

const imported = { sizeBytes: undefined, isTakenOver: true };

/** A volume of another size than its content is useless, and would be in the way of the next attempt. */
async function requireWhole(
  client: Client,
  at: VolumeAddress,
  { wire, sizeBytes }: { wire: WireVolume; sizeBytes: number },
): Promise<void> {
  if (sizeOf(wire) === sizeBytes) return;
  await deleteVolume(client, at);
  const why = `the volume has ${sizeOf(wire)} bytes instead of ${sizeBytes}, and was deleted again`;
  throw new LxdError({ code: "content-mismatch", why });
}

/** With no state but the ID (`IsoVolume.get`) the volume is read as it is. */
async function read({ client }: Context, id: string, state: Partial<Outputs>): Promise<Outputs | undefined> {
  const address = parseVolumeId(id);
  if (address === undefined) {
    const why = `"${id}" is no ID of a volume`;
    throw new LxdError({ code: "invalid-argument", why, advice: 'Write it as "project/pool/name".' });
  }
  const found = await findVolume(client, { ...address, target: memberOf(state) });
  if (found === undefined) return undefined;
  if (state.digest !== undefined) return toOutputs(state as Outputs, found.value, state as Outputs);
  if (found.value.content_type === "iso") return toOutputs({ ...blank, ...state, ...address }, found.value);
  const why = `the volume ${id} is of content type "${found.value.content_type}", not iso`;
  throw new LxdError({ code: "invalid-argument", why });
}

const blank = { description: "", allowAnyContent: false, trustContent: false, digest: "unknown" };

async function update({ client, urn }: Context, _id: string, olds: Outputs, news: Inputs): Promise<Outputs> {
  if (!isAutomatic(olds.name, digitsOf(news.digest))) await returnVolume(client, olds, urn);
  return sync(client, { ...news, name: olds.name, target: memberOf(olds) });
}

/** Makes the description, the one thing that can change, what the program says, and reads the volume back. */
async function sync(client: Client, inputs: Inputs): Promise<Outputs> {
  const found = await findVolume(client, inputs);
  const doing = `update ISO volume ${volumeId(inputs)}`;
  if (found === undefined) throw new LxdError({ code: "not-found", doing, why: "the volume is gone" });
  if (found.value.description === inputs.description) return toOutputs(inputs, found.value);
  await describeVolume(client, inputs, found, inputs.description).catch((error: unknown) => {
    throw LxdError.from(error).during(doing);
  });
  return toOutputs(inputs, { ...found.value, description: inputs.description });
}

async function remove({ client, urn }: Context, id: string, state: Outputs): Promise<void> {
  const at = { ...state, target: memberOf(state) };
  try {
    await releaseVolume(client, at, urn);
    await deleteVolume(client, at);
  } catch (error) {
    if (isCode(error, "not-found")) return;
    throw LxdError.from(error).during(`delete ISO volume ${id}`);
  }
}

/** The only road from the daemon to the state. */
function toOutputs(inputs: Inputs, wire: WireVolume, state?: Outputs): Outputs {
  const sizeBytes = sizeOf(wire);
  const isSame = state === undefined || (state.sizeBytes === sizeBytes && state.createdAt === wire.created_at);
  return {
    pool: inputs.pool,
    name: inputs.name,
    project: inputs.project,
    target: inputs.target,
    description: wire.description,
    source: inputs.source,
    allowAnyContent: inputs.allowAnyContent,
    trustContent: inputs.trustContent,
    // Another volume in this one's place: its content is not known, so it cannot be what the program wants.
    digest: isSame && wire.content_type === "iso" ? inputs.digest : "unknown: somebody has made this volume anew",
    sizeBytes,
    contentType: wire.content_type,
    location: wire.location,
    createdAt: wire.created_at,
  };
}
