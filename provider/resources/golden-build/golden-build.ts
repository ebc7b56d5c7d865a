// The build of a golden image: made once for each set of inputs, released when it is verified, kept for a way back.
import { LxdError } from "../../errors";
import { type Context, type CreateContext, type Made, type ResourceKind } from "../../kind";
import { build } from "./build";
import { complete, policies, rules } from "./inputs";
import { releasedBefore } from "./known";
import { builderName } from "./machine";
import { machinesOf, removeMachine } from "./machines";
import { Progress } from "./phases";
import { pinFailures, preflight } from "./preflight";
import { outputsOf, release, released } from "./release";
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
  preflightChange: pinFailures,
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
  const begun = (): void => {
    if (replaced === undefined) context.created(id, { ...inputs });
  };
  const former = { aliases: [], properties: {} };
  const formerUrn = (replaced as Bookkeeping | undefined)?.__urn;
  return { id, outputs: await run(context, inputs, { begun, former, formerUrn }) };
}

interface Beginning {
  begun: () => void;
  former: Pick<Inputs["image"], "aliases" | "properties">;
  formerUrn: string | undefined;
}

/** Builds what is not built yet, and releases it. */
async function run(context: Context, inputs: Inputs, { begun, former, formerUrn }: Beginning): Promise<Outputs> {
  const { client, urn, config, status } = context;
  const place = { client, project: inputs.project, urn };
  const slots = slotsOf(config.parallelBuilds);
  const progress = new Progress(status);
  const whenBusy = (): void => status(`waiting until fewer than ${slots} golden images are built (lxd:parallelBuilds)`);
  await takeAlong(place, formerUrn);
  await inSlot(slots, whenBusy, () => build({ context, place, inputs, progress, begun }));
  progress.enter("release");
  try {
    return await release({ context, place, inputs, former });
  } catch (error) {
    throw LxdError.from(error).during(`release golden image ${idOf(inputs, urn)}`);
  }
}

/** What was begun and is not finished is there as long as anything of it is. */
async function read({ client, urn }: Context, _id: string, state: Outputs): Promise<Outputs | undefined> {
  const place = { client, project: state.project, urn };
  const versions = await versionsOf(place);
  const built = versions.find((image) => isBuildOf(image, state));
  if (state.fingerprint === undefined) {
    return built !== undefined || (await machinesOf(place)).length > 0 ? state : undefined;
  }
  if (built === undefined) return undefined;
  const target = released(versions, state);
  return target === undefined ? { ...outputsOf(state, built), pin: undefined } : outputsOf(state, target);
}

/** The content is the same, or there is none yet: then the build goes on. */
async function update(context: Context, id: string, olds: Outputs, news: Inputs): Promise<Outputs> {
  const inputs = { ...news, version: olds.version, inputsHash: olds.inputsHash };
  const formerUrn = (olds as Bookkeeping).__urn;
  if (olds.fingerprint === undefined) {
    return run(context, inputs, { begun: () => undefined, former: olds.image, formerUrn });
  }
  const place = { client: context.client, project: inputs.project, urn: context.urn };
  try {
    await takeAlong(place, formerUrn);
    const outputs = await release({ context, place, inputs, former: olds.image });
    await prune(place);
    return outputs;
  } catch (error) {
    throw LxdError.from(error).during(`update golden image ${id}`);
  }
}

/** One that was replaced leaves its image as a way back, as far as that is kept; else everything goes. */
async function remove({ client, urn }: Context, id: string, state: Outputs): Promise<void> {
  const place: Place = { client, project: state.project, urn };
  try {
    const versions = await versionsOf(place);
    const newest = versions.findLast((image) => !isCandidate(image));
    const isReplaced = newest !== undefined && versionOf(newest) !== state.version;
    const machines = await machinesOf(place);
    for (const { name, config } of machines) {
      if (!isReplaced || config?.[versionKey] === state.version) await removeMachine(place, name);
    }
    if (isReplaced) await prune(place);
    else
      for (const { fingerprint } of [...versions, ...(await unmarkedOf(place))]) await removeImage(place, fingerprint);
  } catch (error) {
    throw LxdError.from(error).during(`delete golden image ${id}`);
  }
}

interface Bookkeeping {
  __urn?: string;
}

function idOf({ project, version }: Inputs, urn: string): string {
  return `${project}/${builderName(urn, version)}`;
}
