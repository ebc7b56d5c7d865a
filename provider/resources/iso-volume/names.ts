// The names of ISO volumes that the program leaves to the provider: they say whose the volume is and what is in it.
//
// An ISO volume can carry nothing but its description, so the name is all that tells it from a stranger's.
import { sha256 } from "../../base/canonical";
import { findVolume } from "../../lxd/api/storage/volumes";
import { isCode } from "../../base/errors";
import { type CheckContext } from "../../kind/kind";
import { isUnknown, unknown } from "../../kind/unknowns";
import { logicalName } from "../shared/ownership";
import { isPlacePlanned } from "../shared/planned";
import { parseVolumeId } from "./id";
import { type IsoVolumeInputs, type PartialIsoVolumeInputs } from "./inputs";

/**
 * `<logical name>-<8 hex digits>`, of a hash over the resource's URN, which names stack and project, and the content. What
 * exists keeps its name as long as its content, whatever the resource is called now.
 */
export async function automaticName(check: CheckContext<IsoVolumeInputs>): Promise<string> {
  const { inputs, olds, replaced, importId, urn } = check;
  const { digest } = inputs;
  if (importId !== undefined) return parseVolumeId(importId)?.name ?? unknown;
  if (digest === undefined || isUnknown(digest)) return unknown;
  if (olds?.name !== undefined && olds.digest === digest && isSamePlace(olds, inputs)) return olds.name;
  const name = `${baseName(urn)}-${digits(urn, digest)}`;
  const isReplaced = replaced?.name === name && isSamePlace(replaced, inputs);
  return isReplaced || (await isInUse(check, name)) ? `${name}-2` : name;
}

/** Whether a name was made from this resource and this content, by this release or by one that left the resource out. */
export function isAutomatic({ name, digest }: Pick<PartialIsoVolumeInputs, "name" | "digest">, urn: string): boolean {
  const content = digest ?? "";
  const hashes = [digits(urn, content), content.slice(content.indexOf(":") + 1).slice(0, 8)];
  return hashes.some((hash) => name?.endsWith(`-${hash}`) === true || name?.endsWith(`-${hash}-2`) === true);
}

/** A volume of this name that machines use is about to be replaced by another one of the same content. */
async function isInUse({ inputs, olds, client }: CheckContext<IsoVolumeInputs>, name: string): Promise<boolean> {
  const { project, pool, target, remote } = inputs;
  if (olds !== undefined || project === undefined || pool === undefined) return false;
  if ([project, pool, target, remote].some(isUnknown) || isPlacePlanned(client(), { project, pool })) return false;
  const found = await findVolume(client(), { project, pool, name, target }).catch((error: unknown) => {
    // That the pool or the project is not there, or not this client's to use, is told by the preflight.
    if (isCode(error, "not-found") || isCode(error, "permission-denied")) return undefined;
    throw error;
  });
  return (found?.value.used_by ?? []).length > 0;
}

function isSamePlace(one: PartialIsoVolumeInputs, other: PartialIsoVolumeInputs): boolean {
  return one.pool === other.pool && one.project === other.project;
}

function digits(urn: string, digest: string): string {
  return sha256(`${urn}\n${digest}`).slice(0, 8);
}

function baseName(urn: string): string {
  const safe = logicalName(urn).replaceAll(/[^A-Za-z0-9._-]+/g, "-");
  return safe.replaceAll(/^[^A-Za-z0-9]+/g, "").slice(0, 50) || "iso";
}
