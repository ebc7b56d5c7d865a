// Steps of a golden image: builds its version, then applies the settings of the image and its copies.
import { LxdError } from "../../base/errors";
import { type ReconcileContext, type Step, type Work } from "../../kind/kind";
import { formerUrn } from "../image/find";
import { build } from "./build/build";
import { inPhase } from "./build/failure";
import { type FoundBuild, isDone, placeOf } from "./release/locate";
import { Progress } from "./build/phases";
import { dropFormer, type Former, pruneCopies, publishedTargets, publishTo } from "./replicate/publish-to";
import { release, targetImage } from "./release/release";
import { type GoldenInputs, type GoldenOutputs } from "./schema";
import { parallelBuilds, withBuildSlot } from "./build/build-semaphore";
import { transferAll } from "./urn-change";
import { type Keeping, prune } from "./versions";

type Inputs = GoldenInputs;
type Outputs = GoldenOutputs;
type Surroundings = ReconcileContext<Outputs>;

/** Builds unless already built. Resumes what an earlier run of the same build has left. */
export async function make(context: Surroundings, inputs: Inputs): Promise<void> {
  const { config, status } = context;
  const parallel = parallelBuilds(config.parallelBuilds);
  const whenBusy = (): void =>
    status(`waiting until fewer than ${parallel} golden images are built (lxd:parallelBuilds)`);
  const work = { context, place: placeOf(context, inputs), inputs, progress: new Progress(status, inputs) };
  await withBuildSlot(parallel, whenBusy, () => build(work));
}

/**
 * A failed first build is in the state, so that `pulumi destroy` finds its builder. A build that replaces another keeps
 * the state of the replaced one, which covers everything that the resource has.
 */
export function leftover({ replaced }: Surroundings): "resumed" | "unrecorded" {
  return replaced === undefined ? "resumed" : "unrecorded";
}

export function steps(work: Work<Inputs, Outputs>): Step<FoundBuild>[] {
  const { context, olds } = work;
  const former = formerOf(work);
  const { urn } = former;
  // An update resumes the build in the state.
  const inputsFor = ({ build: known }: FoundBuild): Inputs => ({ ...work.inputs, ...known });
  return [
    { name: "take along", run: ({ place }) => transferAll(place, urn, context.status) },
    {
      name: "build",
      run: async (found) => {
        if (isDone(found)) return false;
        await make(context, inputsFor(found));
        return true;
      },
    },
    {
      name: "release",
      run: (found) =>
        releasing(work, (releaseContext) =>
          release({ context: releaseContext, inputs: inputsFor(found), former }, found),
        ),
    },
    {
      name: "publish",
      run: (found) =>
        releasing(work, async (releaseContext) => {
          const inputs = inputsFor(found);
          const image = targetImage(found.versions, inputs);
          const publication = { context: releaseContext, place: found.place, inputs, former };
          const { targets, failed } = await publishTo(publication, image);
          publishedTargets.set(work.inputs, targets);
          if (failed !== undefined) throw failed;
          return targets.length > 0;
        }),
    },
    {
      name: "drop former copies",
      run: () => dropFormer(context, former.targets, publishedTargets.get(work.inputs) ?? []),
    },
    {
      name: "prune",
      run: async (found) => {
        // During a replacement, Pulumi deletes the replaced state, and the older versions with it.
        if (olds === undefined) return false;
        const inputs = inputsFor(found);
        const live: Keeping = { ...inputs, fingerprint: targetImage(found.versions, inputs).fingerprint };
        const targets = { remote: inputs.remote, publishTo: publishedTargets.get(work.inputs) };
        const hasPruned = await prune(found.place, live);
        return (await pruneCopies(context, targets, live)) || hasPruned;
      },
    },
  ];
}

function formerOf({ context, olds }: Work<Inputs, Outputs>): Former {
  if (olds === undefined) return { aliases: [], properties: {}, targets: {}, urn: formerUrn(context.replaced) };
  const { image, remote, publishTo: targets } = olds;
  return { ...image, targets: { remote, publishTo: targets }, urn: formerUrn(olds) };
}

/** Runs the work of the last phase. */
async function releasing<T>(
  { context, inputs }: Work<Inputs, Outputs>,
  run: (releaseContext: Surroundings) => Promise<T>,
): Promise<T> {
  const progress = new Progress(context.status, inputs);
  progress.enter("release");
  try {
    return await run({ ...context, status: progress.status });
  } catch (error) {
    throw inPhase("release", LxdError.from(error));
  }
}
