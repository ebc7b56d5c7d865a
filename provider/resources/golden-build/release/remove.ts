// Deletes with the state of a golden image: one version, or everything that the resource has.
import { type RemovalContext, type ServerIdentity } from "../../../kind/kind";
import { goldenDefaults } from "../defaults";
import { type FoundBuild } from "./locate";
import { isMachineOf, removeMachine } from "../build/machines";
import { removeFormer } from "../replicate/publish-to";
import { type GoldenOutputs } from "../schema";
import { prune, removeImage } from "../versions";

type Outputs = GoldenOutputs;

/**
 * As long as the program contains the resource, the state is that of a replaced build: its image is kept for rollback
 * within the number of kept versions. Otherwise everything is deleted.
 */
export async function remove(removal: RemovalContext<Outputs>, found: FoundBuild, known: Outputs): Promise<void> {
  const context = withWhole(removal);
  const { isReplaced, live } = context;
  const state = goldenDefaults(known) as Outputs;
  // For a delete before replacement, the replacement is not known yet.
  if (isReplaced && (live === undefined || isSameServer(live, state))) await removeBuild(found, live ?? state);
  else await removeAll(found, state);
  await removeFormer(context, state);
}

/** Handles a state that has nothing left of its own on the building server. */
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
