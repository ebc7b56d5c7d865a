// Builds a version, from media to verified image, and resumes where an interrupted run stopped.
import { type WireImage } from "../../../lxd/api/images";
import { settlePacking } from "../../../lxd/api/operations";
import { findVolume } from "../../../lxd/api/storage/volumes";
import { LxdError } from "../../../base/errors";
import { Reconciler } from "../../../engine/reconciler";
import { publish } from "../../image/create/publish";
import { instance } from "../../instance/instance";
import { type InstanceInputs } from "../../instance/schema";
import { pendingKey } from "../../shared/ownership";
import { milliseconds } from "../../../kind/units";
import { requireWritten } from "./blank";
import { failure } from "./failure";
import { findBuilt, removeTwins, startClean } from "./find-built";
import { builderOf, trialOf } from "./machine";
import { machinesOf, removeMachine } from "./machines";
import { withTimeLeft } from "./install-budget";
import { type Build } from "./phases";
import { provision } from "./provision";
import { requirementsOf, resultOf } from "../result";
import { changeProperties, fileNameOf, isCandidate } from "../versions";

/** Returns the verified image of this version. */
export async function build(work: Build): Promise<WireImage> {
  const { place, inputs, progress } = work;
  try {
    return await goOn({ ...work, place: { ...place, client: place.client.until(progress.limit) } });
  } catch (error) {
    throw await failure({ place, inputs, phase: progress.phase }, progress.limit.explain(error));
  }
}

async function goOn(work: Build): Promise<WireImage> {
  const { place } = work;
  await startClean(work);
  const image = (await findBuilt(work)) ?? (await make(work));
  await removeTwins(work, image);
  if (isCandidate(image)) {
    await requireWritten(work, image);
    await verify(work, image);
  }
  for (const { name } of await machinesOf(place)) await removeMachine(place, name);
  return (await findBuilt(work)) ?? gone();
}

async function make(work: Build): Promise<WireImage> {
  const { inputs, progress, place } = work;
  progress.enter("media");
  await requireMedia(work);
  progress.enter("machine");
  const machine = builderOf(inputs, place.urn);
  await installed(work, await withTimeLeft(work, machine));
  await provision(progress.in(work.context), { inputs, machine, progress });
  progress.enter("publish");
  return pack(work);
}

/** Checked here rather than in the preview, where volumes of the same program do not exist yet. */
async function requireMedia({ place, inputs }: Build): Promise<void> {
  const { client, project } = place;
  for (const { pool, name } of [inputs.iso, ...inputs.media]) {
    const found = await findVolume(client, { project, pool, name });
    if (found?.value.content_type === "iso") continue;
    const why =
      found === undefined
        ? `there is no ISO volume ${pool}/${name} in project ${project}`
        : `the volume ${pool}/${name} is not an ISO volume`;
    throw new LxdError({ code: "not-found", why, advice: "Name one that exists, or make it in this program." });
  }
}

/** Creates or finds the builder and runs its waits. */
async function installed({ context, progress }: Build, machine: InstanceInputs): Promise<void> {
  const created = (): void => {
    if (progress.phase === "machine") progress.enter("install");
  };
  const isKnownAbsent = (): boolean => false;
  const otherHolderOf = (): undefined => undefined;
  const call = { checkpoint: created, importId: undefined, replaced: undefined, isKnownAbsent, otherHolderOf };
  // A build is meant to reuse the builder of an earlier run, so the notice is dropped.
  await new Reconciler(instance).create({ ...progress.in(context), warn: () => undefined }, machine, call);
}

/** The daemon may still be packing for an interrupted run. */
async function pack(work: Build): Promise<WireImage> {
  const { context, place, inputs, progress } = work;
  const { urn, project, client } = place;
  const deadlineMs = milliseconds(inputs.image.timeout);
  await settlePacking(client, project, deadlineMs);
  const packed = await findBuilt(work);
  if (packed !== undefined) return packed;
  const known = { version: inputs.version, "inputs-hash": inputs.inputsHash };
  const builder = builderOf(inputs, urn);
  await publish(progress.in(context), {
    inputs: resultOf(inputs, { public: false }),
    source: { instance: builder.name, compression: inputs.image.compression },
    properties: { ...requirementsOf(builder), ...known, ...inputs.image.properties },
    fileName: fileNameOf(inputs, urn),
    deadlineMs,
  });
  return (await findBuilt(work)) ?? gone();
}

/** Boots the image once and releases it for use only if the checks pass. */
async function verify(work: Build, image: WireImage): Promise<void> {
  const { inputs, place, progress } = work;
  const { client, project } = place;
  if (inputs.verify !== undefined) {
    progress.enter("verify");
    const trial = trialOf(inputs, place.urn, image.fingerprint);
    await installed(work, trial);
    await removeMachine(place, trial.name);
  }
  const at = { project, fingerprint: image.fingerprint };
  await changeProperties(client, at, ({ [pendingKey]: _verified, ...others }) => others);
}

function gone(): never {
  const why = "the image was deleted while it was being built";
  throw new LxdError({ code: "not-found", why, advice: "The next `pulumi up` builds it again." });
}
