// Preflight checks of moving or rebuilding an instance.
import { type WireInstance } from "../../../lxd/api/instance/instances";
import { type Client } from "../../../lxd/client/core/client";
import { missingExtension } from "../../../lxd/client/discovery/server-info";
import { type Failure } from "../../../kind/kind";
import { hasUnknown, isUnknown } from "../../../kind/unknowns";
import { checkPool } from "../../shared/common";
import { checkMember } from "../../shared/cluster-member";
import { coldFailures } from "../../machine/restart-policy";
import { mediaFailures } from "./media";
import { movesLive, otherMember, otherPool } from "../steps/relocation";
import { needsRebuild, rebuildExtension } from "../steps/rebuild";
import { type InstanceInputs, type InstanceOutputs, type PartialInstanceInputs } from "../schema";

interface Change {
  inputs: PartialInstanceInputs;
  olds: InstanceOutputs;
}

export async function relocationFailures(client: Client, wire: WireInstance, change: Change): Promise<Failure[]> {
  const { inputs } = change;
  return [
    ...(await memberFailures(client, wire, change)),
    ...(await poolFailures(client, wire, inputs)),
    ...(await rebuildFailures(client, wire, change)),
  ];
}

/** A member that was already specified may be temporarily offline; that alone is not a failure. */
async function memberFailures(client: Client, wire: WireInstance, { inputs, olds }: Change): Promise<Failure[]> {
  const isNew = inputs.target !== olds.target;
  const failures = isNew
    ? [...(await checkMember(client, inputs.target, "machine")), ...(await mediaFailures(client, inputs))]
    : [];
  if (failures.length > 0 || movesLive(wire) || (await otherMember(client, wire, inputs)) === undefined)
    return failures;
  return coldFailures(wire, inputs, { property: "target", what: "moved to another member of the cluster" });
}

async function poolFailures(client: Client, wire: WireInstance, inputs: PartialInstanceInputs): Promise<Failure[]> {
  const pool = otherPool(wire, inputs);
  if (pool === undefined) return [];
  const property = "rootDisk.pool";
  return [
    ...(await checkPool(client, pool, property)),
    ...(await needs(client, property, ["instance_pool_move", "moving of instances between pools"])),
    ...coldFailures(wire, inputs, { property, what: "moved to another storage pool" }),
  ];
}

/** The instance records what it was made from; the last inputs may not. */
async function rebuildFailures(client: Client, wire: WireInstance, { inputs, olds }: Change): Promise<Failure[]> {
  const { onImageChange, source, sourceVersion } = inputs;
  if (onImageChange !== "rebuild" || hasUnknown(source) || isUnknown(sourceVersion)) return [];
  const before = { ...olds, baseImage: wire.config?.["volatile.base_image"] };
  if (!needsRebuild(wire, before, inputs as InstanceInputs)) return [];
  return [
    ...(await needs(client, "onImageChange", [rebuildExtension, "rebuilding of instances"])),
    ...coldFailures(wire, inputs, { property: "source", what: "rebuilt" }),
  ];
}

async function needs(client: Client, property: string, [extension, feature]: [string, string]): Promise<Failure[]> {
  const info = await client.info();
  if (info.extensions.has(extension)) return [];
  return [{ property, reason: missingExtension(info, extension, feature).message }];
}
