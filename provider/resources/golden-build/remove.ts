// What goes with the state of a golden image: one version of it, or all that the resource has.
import { type RemovalContext } from "../../kind";
import { type Whereabouts } from "../../servers";
import { goldenDefaults } from "./defaults";
import { type FoundBuild } from "./locate";
import { isMachineOf, removeMachine } from "./machines";
import { removeFormer } from "./publish-to";
import { type GoldenOutputs } from "./schema";
import { prune, removeImage } from "./versions";

type Outputs = GoldenOutputs;

/**
 * As long as the program has the resource, the state is that of a replaced build: its image stays as a way back, as far as
 * versions are kept. Else everything goes.
 */
export async function remove(removal: RemovalContext<Outputs>, found: FoundBuild, state: Outputs): Promise<void> {
  const context = withWhole(removal);
  const { isReplaced, live } = context;
  // Deleted before it is replaced, its place is that of the build which is to come.
  if (isReplaced && (live === undefined || isSameHome(live, state))) await removeBuild(found, live);
  else await removeAll(found, state);
  await removeFormer(context, goldenDefaults(state) as Outputs);
}

/** Of a state that has nothing of its own any more on the server that builds. */
export async function removeRest(removal: RemovalContext<Outputs>, state: Outputs): Promise<void> {
  await removeFormer(withWhole(removal), goldenDefaults(state) as Outputs);
}

function withWhole(context: RemovalContext<Outputs>): RemovalContext<Outputs> {
  return { ...context, live: context.live && (goldenDefaults(context.live) as Outputs) };
}

async function removeBuild({ place, build, machines }: FoundBuild, live: Outputs | undefined): Promise<void> {
  for (const machine of machines) if (isMachineOf(machine, build)) await removeMachine(place, machine.name);
  if (live !== undefined) await prune(place, live);
}

async function removeAll({ place, versions, unmarked, machines }: FoundBuild, state: Outputs): Promise<void> {
  const { image } = goldenDefaults(state) as Outputs;
  for (const { name } of machines) await removeMachine(place, name);
  for (const { fingerprint } of [...versions, ...unmarked]) await removeImage(place, fingerprint, image);
}

function isSameHome(live: Outputs & Whereabouts, state: Outputs & Whereabouts): boolean {
  const isSame = (a: string | undefined, b: string | undefined): boolean => a !== undefined && a === b;
  return live.project === state.project && (isSame(live.__at, state.__at) || isSame(live.__server, state.__server));
}
