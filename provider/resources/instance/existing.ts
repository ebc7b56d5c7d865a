// Determines whether an existing instance belongs to this resource: same owner, same source, complete.
import { LxdError } from "../../base/errors";
import { hasUnknown, isUnknown } from "../../kind/unknowns";
import { type InstanceAddress, type WireInstance } from "../../lxd/api/instance/instances";
import { creatingKey, ownerKey, sourceKey } from "../shared/ownership";
import { type PartialInstanceInputs } from "./schema";
import { imageOf, markOf } from "./source";

export function idOf({ project, name }: InstanceAddress): string {
  return `${project}/${name}`;
}

/** Why an existing instance does not belong to this resource, if so. */
export function conflict(wire: WireInstance, inputs: PartialInstanceInputs, urn: string): LxdError | undefined {
  // An incomplete instance is recreated, whatever its source.
  const why = otherOwner(wire, inputs, urn) ?? (isComplete(wire) ? otherSource(wire, inputs) : undefined);
  return why === undefined ? undefined : takenBy(wire, inputs, why);
}

export function requireOwn(wire: WireInstance, inputs: PartialInstanceInputs, urn: string): void {
  const failure = conflict(wire, inputs, urn);
  if (failure !== undefined) throw failure;
}

/** Whether a run has confirmed that the server finished creating it. */
export function isComplete({ config }: Pick<WireInstance, "config">): boolean {
  return config?.[creatingKey] === undefined;
}

export function takenBy(wire: WireInstance, inputs: PartialInstanceInputs, why: string): LxdError {
  const advice = `Pass { import: "${inputs.project ?? ""}/${wire.name}" } to adopt it, or choose another name.`;
  return new LxdError({ code: "already-exists", why: `an instance "${wire.name}" already exists, ${why}`, advice });
}

export function otherOwner(wire: WireInstance, { type }: PartialInstanceInputs, urn: string): string | undefined {
  if (wire.config?.[ownerKey] !== urn) return "which this resource did not create";
  return isUnknown(type) || type === wire.type ? undefined : `left by an earlier run, which is a ${wire.type}`;
}

function otherSource({ config }: WireInstance, { source, sourceVersion }: PartialInstanceInputs): string | undefined {
  if (hasUnknown(source) || isUnknown(sourceVersion)) return undefined;
  const [image, mark] = [config?.["volatile.base_image"], config?.[sourceKey]];
  const desiredImage = imageOf(source, sourceVersion);
  const isSame =
    mark === markOf(source, sourceVersion) &&
    (desiredImage === image || (source !== undefined && desiredImage === undefined));
  if (isSame) return undefined;
  const from = image === undefined ? "no image" : `the image ${image}`;
  return `left by an earlier run, made from ${mark ?? from}`;
}
