// The build of a golden image: made once for each set of inputs, released when it is verified, kept for a way back.
import { LxdError } from "../../errors";
import { type Context, type CreateContext, type Made, type ResourceKind, type UpdateContext } from "../../kind";
import { build, type Build } from "./build";
import { complete, policies, rules } from "./inputs";
import { releasedBefore } from "./known";
import { builderName } from "./machine";
import { machinesOf, removeMachine } from "./machines";
import { Progress } from "./phases";
import { preflight, preflightChange } from "./preflight";
import { observe, pruneCopies, removeAll } from "./publish-to";
import { outputsOf, type Release, release, released } from "./release";
import { type GoldenInputs, type GoldenOutputs, schema } from "./schema";
import { versionKey } from "../ownership";
import { inSlot, slotsOf } from "./slots";
import {
  isBuildOf,
  isCandidate,
  type Place,
  prune,
  removeImage,
  takeAlong,
  unmarkedOf,
  versionOf,
  versionsOf,
} from "./versions";

type Inputs = GoldenInputs;
type Outputs = GoldenOutputs;

export const goldenBuild: ResourceKind<Inputs, Outputs> = {
  noun: "golden image",
  schema,
  policies,
  rules,
  complete: async (completion) => {
    const { draft, failures } = await complete(completion);
    return { draft: { ...draft, ...(await releasedBefore({ ...completion, draft })) }, failures };
  },
  preflight,
  preflightChange,
  deleteBeforeReplace: () => false,
  create,
  read,
  update,
  remove,
};

async function create(context: CreateContext<Outputs>, inputs: Inputs): Promise<Made<Outputs>> {
  const { replaced } = context;
  const id = idOf(inputs, context.urn);
  // The resource that is replaced goes on standing for the stack's images until the new one is there, and finds what a
  // failed build leaves when it is deleted.
  const keep = (outputs: Outputs): void => {
    if (replaced === undefined) context.created(id, outputs);
  };
  const begun = (): void => keep({ ...inputs });
  const { remote, publishTo, __urn: formerUrn } = (replaced ?? {}) as Partial<Outputs> & Bookkeeping;
  const former = { aliases: [], properties: {}, targets: { remote, publishTo }, urn: formerUrn };
  return { id, outputs: await run(context, inputs, { begun, keep, former }) };
}

type Beginning = Pick<Release, "former" | "keep"> & Pick<Build, "begun">;

/** Builds what is not built yet, and releases it. */
async function run(context: Context, inputs: Inputs, { begun, keep, former }: Beginning): Promise<Outputs> {
  const { urn, config, status } = context;
  const place = placeOf(context, inputs);
  const slots = slotsOf(config.parallelBuilds);
  const progress = new Progress(status, inputs);
  const whenBusy = (): void => status(`waiting until fewer than ${slots} golden images are built (lxd:parallelBuilds)`);
  await takeAlong(place, former.urn);
  await inSlot(slots, whenBusy, () => build({ context, place, inputs, progress, begun }));
  begun();
  progress.enter("release");
  try {
    return await release({ context: { ...context, status: progress.status }, place, inputs, former, keep });
  } catch (error) {
    throw LxdError.from(error).during(`release golden image ${idOf(inputs, urn)}`);
  }
}

/** What was begun and is not finished is there as long as anything of it is. */
async function read(context: Context, id: string, state: Outputs): Promise<Outputs | undefined> {
  const place = placeOf(context, state);
  const versions = await versionsOf(place);
  const built = versions.find((image) => isBuildOf(image, state));
  if (state.fingerprint === undefined) {
    return built !== undefined || (await machinesOf(place)).length > 0 ? state : undefined;
  }
  if (built === undefined) return undefined;
  const target = released(versions, state);
  const publishTo = await observe(context, state, target ?? built).catch((error: unknown) => {
    throw LxdError.from(error).during(`read golden image ${id}`);
  });
  const outputs = { ...outputsOf(state, target ?? built), publishTo };
  return target === undefined ? { ...outputs, pin: undefined } : outputs;
}

/** The content is the same, or there is none yet: then the build goes on. */
async function update(context: UpdateContext<Outputs>, id: string, olds: Outputs, news: Inputs): Promise<Outputs> {
  const inputs = { ...news, version: olds.version, inputsHash: olds.inputsHash };
  const { remote, publishTo, __urn: formerUrn } = olds as Outputs & Bookkeeping;
  const former = { ...olds.image, targets: { remote, publishTo }, urn: formerUrn };
  const { kept: keep } = context;
  if (olds.fingerprint === undefined) return run(context, inputs, { begun: () => undefined, keep, former });
  const place = placeOf(context, inputs);
  try {
    await takeAlong(place, formerUrn);
    const outputs = await release({ context, place, inputs, former, keep });
    await prune(place);
    await pruneCopies(context, outputs);
    return outputs;
  } catch (error) {
    throw LxdError.from(error).during(`update golden image ${id}`);
  }
}

/** One that was replaced leaves its image as a way back, as far as that is kept; else everything goes. */
async function remove(context: Context, id: string, state: Outputs): Promise<void> {
  const place = placeOf(context, state);
  try {
    const versions = await versionsOf(place);
    const newest = versions.findLast((image) => !isCandidate(image));
    const isReplaced = newest !== undefined && versionOf(newest) !== state.version;
    for (const { name, config } of await machinesOf(place)) {
      if (!isReplaced || config?.[versionKey] === state.version) await removeMachine(place, name);
    }
    const gone = isReplaced ? [] : [...versions, ...(await unmarkedOf(place))];
    for (const { fingerprint } of gone) await removeImage(place, fingerprint);
    if (isReplaced) await prune(place);
    await (isReplaced ? pruneCopies(context, state) : removeAll(context, state));
  } catch (error) {
    throw LxdError.from(error).during(`delete golden image ${id}`);
  }
}

interface Bookkeeping {
  __urn?: string;
}

function placeOf({ client, urn }: Context, { project }: Inputs): Place {
  return { client, project, urn };
}

function idOf({ project, version }: Inputs, urn: string): string {
  return `${project}/${builderName(urn, version)}`;
}
