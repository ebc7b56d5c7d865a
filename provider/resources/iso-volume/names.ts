// Automatic names of ISO volumes, which identify the owner and the content.
//
// An ISO volume has no metadata other than its description, so only its name distinguishes it from another owner's
// volume.
import { sha256 } from "../../base/canonical";
import { findVolume } from "../../lxd/api/storage/volumes";
import { isCode } from "../../base/errors";
import { type CheckContext } from "../../kind/kind";
import { isUnknown, unknown } from "../../kind/unknowns";
import { logicalName } from "../../kind/automatic-name";
import { isPlacePlanned } from "../shared/planned";
import { parseVolumeId } from "./id";
import { type IsoVolumeInputs, type PartialIsoVolumeInputs } from "./inputs";

/**
 * `<logical name>-<8 hex digits>`. The digits are a hash of the content and of the resource's URN, which contains the
 * stack and project. An existing volume keeps its name as long as its content is unchanged, even if the resource is
 * renamed.
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

/**
 * Whether the name was derived from this resource and content, by this release or by an earlier one that did not
 * include the resource.
 */
export function isAutomatic({ name, digest }: Pick<PartialIsoVolumeInputs, "name" | "digest">, urn: string): boolean {
  const content = digest ?? "";
  const hashes = [digits(urn, content), content.slice(content.indexOf(":") + 1).slice(0, 8)];
  return hashes.some((hash) => name?.endsWith(`-${hash}`) === true || name?.endsWith(`-${hash}-2`) === true);
}

/** Whether instances use a volume of this name that is about to be replaced by one with the same content. */
async function isInUse({ inputs, olds, client }: CheckContext<IsoVolumeInputs>, name: string): Promise<boolean> {
  const { project, pool, target, remote } = inputs;
  if (olds !== undefined || project === undefined || pool === undefined) return false;
  if ([project, pool, target, remote].some(isUnknown) || isPlacePlanned(client(), { project, pool })) return false;
  const found = await findVolume(client(), { project, pool, name, target }).catch((error: unknown) => {
    // The preflight reports a missing or inaccessible pool or project.
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
