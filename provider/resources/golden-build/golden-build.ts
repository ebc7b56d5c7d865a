// Golden image builds: built once per set of inputs, released after verification, kept for rollback.
import { LxdError } from "../../base/errors";
import { type Context, type Reading, type ReconciledKind } from "../../kind/kind";
import { goldenDefaults } from "./defaults";
import { computeInputs, policies, validate } from "./inputs";
import { releasedBefore } from "./release/previous-release";
import { finished, type FoundBuild, identity, identityOfState, locate } from "./release/locate";
import { builderName } from "./build/machine";
import { preflight, preflightChange } from "./preflight";
import { publishedTargets, readTargets, takenOut } from "./replicate/publish-to";
import { leftover, make, steps } from "./reconcile";
import { outputsOf, released } from "./release/release";
import { remove, removeRest } from "./release/remove";
import { type GoldenInputs, type GoldenOutputs, schema } from "./schema";

type Inputs = GoldenInputs;
type Outputs = GoldenOutputs;

export const goldenBuild: ReconciledKind<Inputs, Outputs, FoundBuild> = {
  kindName: "golden image",
  schema,
  policies,
  validate,
  applyDefaults: goldenDefaults,
  computeInputs: async (check) => {
    const { inputs, failures } = await computeInputs(check);
    return { inputs: { ...inputs, ...(await releasedBefore({ ...check, inputs })) }, failures };
  },
  preflight,
  preflightChange,
  deleteBeforeReplace: () => false,
  idOf: ({ project, version }, urn, found) => `${project}/${builderName(urn, found?.build.version ?? version)}`,
  locate,
  identity,
  identityOfState,
  // Only objects that carry this resource's owner key are found.
  owner: ({ place }) => place.urn,
  conflict: () => undefined,
  adoptionNotice: (found) => (finished(found) === undefined ? undefined : sameInputs(found)),
  leftover,
  create: make,
  steps,
  toState,
  remove,
  removeRest,
  fromId: (id) => {
    const advice = "Read its image, by an alias or a fingerprint, with `Image.get`.";
    throw new LxdError({ code: "unsupported", why: `the golden image ${id} is known only from its state`, advice });
  },
};

function sameInputs({ build: { version } }: FoundBuild): string {
  return `version ${version} is reused: it was built from the same inputs`;
}

async function toState(context: Context, reading: Reading<Inputs, Outputs, FoundBuild>): Promise<Outputs> {
  const { found, state, moment } = reading;
  const inputs = { ...reading.inputs, ...found.build };
  const image = finished(found);
  const target = image && released(found.versions, inputs);
  if (moment === "read") {
    if (image === undefined) return { ...inputs, ...unreleased, inputsHash: "" };
    const publishTo = await readTargets(context, inputs, target ?? image);
    return { ...outputsOf(inputs, target ?? image), publishTo, ...(target === undefined && { pin: undefined }) };
  }
  const publishTo = targetsOf(reading);
  if (image === undefined) return { ...inputs, ...unreleased, publishTo };
  const effective = moment === "settled" || state === undefined ? inputs : withFormer(inputs, state);
  return { ...outputsOf(effective, target ?? image), publishTo };
}

const unreleased = {
  fingerprint: undefined,
  releasedVersion: undefined,
  architecture: undefined,
  sizeBytes: undefined,
};

/** Until the new state is reached, the previous aliases and properties still belong to the resource. */
function withFormer(inputs: Inputs, { image: former }: Outputs): Inputs {
  const { image } = inputs;
  const others = former.aliases.filter(({ name }) => !image.aliases.some((alias) => alias.name === name));
  const properties = { ...former.properties, ...image.properties };
  return { ...inputs, image: { ...image, aliases: [...image.aliases, ...others], properties } };
}

/**
 * The targets with copies. Until this run has reached its targets, these include the previous ones, which may have to
 * be cleaned up.
 */
function targetsOf({ inputs, state, moment }: Reading<Inputs, Outputs, FoundBuild>): Outputs["publishTo"] {
  const now = publishedTargets.get(inputs) ?? [];
  return moment === "settled" ? now : [...now, ...takenOut(state ?? {}, now)];
}
