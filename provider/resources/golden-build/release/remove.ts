// What goes with the state of a golden image: one version of it, or all that the resource has.
import { type RemovalContext, type ServerIdentity } from "../../../kind/kind";
import { goldenDefaults } from "../defaults";
import { type FoundBuild } from "./locate";
import { isMachineOf, removeMachine } from "../build/machines";
import { removeFormer } from "../replicate/publish-to";
import { type GoldenOutputs } from "../schema";
import { prune, removeImage } from "../versions";

type Outputs = GoldenOutputs;

/**
 * As long as the program has the resource, the state is that of a replaced build: its image stays as a way back, as far as
 * versions are kept. Else everything goes.
 */
export async function remove(removal: RemovalContext<Outputs>, found: FoundBuild, known: Outputs): Promise<void> {
  const context = withWhole(removal);
  const { isReplaced, live } = context;
  const state = goldenDefaults(known) as Outputs;
  // Of one that is deleted before it is replaced, nobody knows yet what comes in its place.
  if (isReplaced && (live === undefined || isSameServer(live, state))) await removeBuild(found, live ?? state);
  else await removeAll(found, state);
  await removeFormer(context, state);
}

/** Of a state that has nothing of its own any more on the server that builds. */
export async function removeRest(removal: RemovalContext<Outputs>, state: Outputs): Promise<void> {
  await removeFormer(withWhole(removal), goldenDefaults(state) as Outputs);
}

function withWhole(context: RemovalContext<Outputs>): RemovalContext<Outputs> {
  return { ...context, live: context.live && (goldenDefaults(context.live) as Outputs) };
}

async function removeBuild({ place, build, machines }: FoundBuild, live: Outputs): Promise<void> {
  for (const machine of machines) if (isMachineOf(machine, build)) await removeMachine(place, machine.name);
  await prune(place, live);
}

async function removeAll({ place, versions, unmarked, machines }: FoundBuild, { image }: Outputs): Promise<void> {
  for (const { name } of machines) await removeMachine(place, name);
  for (const { fingerprint } of [...versions, ...unmarked]) await removeImage(place, fingerprint, image);
}

function isSameServer(live: Outputs & ServerIdentity, state: Outputs & ServerIdentity): boolean {
  const isSame = (a: string | undefined, b: string | undefined): boolean => a !== undefined && a === b;
  return live.project === state.project && (isSame(live.__at, state.__at) || isSame(live.__server, state.__server));
}
