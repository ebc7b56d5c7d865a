// Hashes the content of an image: the image is rebuilt only if any of it changes.
import { isDeepStrictEqual } from "node:util";
import { canonicalJson, sha256 } from "../../base/canonical";
import { plain } from "../../kind/props";
import { hasUnknown, isUnknown, unknown } from "../../kind/unknowns";
import { type VolumeReference } from "../machine/devices/cdrom";
import { normalize } from "../shared/normalize";
import { partialMachine } from "./build/machine";
import { type PartialGoldenInputs } from "./schema";

/** The inputs that are content. */
export const contentFields = ["iso", "media", "machine", "bootCommand", "provision", "seal"] as const;
export type ContentField = (typeof contentFields)[number];

export function isSameContent(field: ContentField, olds: PartialGoldenInputs, news: PartialGoldenInputs): boolean {
  return isDeepStrictEqual(plain(contentOf(olds, field)), plain(contentOf(news, field)));
}

/** One hash over all content; unknown while any of it is. */
export function inputsHashOf(inputs: PartialGoldenInputs): string {
  const content = Object.fromEntries(contentFields.map((field) => [field, contentOf(inputs, field)]));
  if (hasUnknown(content)) return unknown;
  return sha256(canonicalJson(plain(content)));
}

/** Normalized content: media by what they contain, sizes in bytes. */
function contentOf(inputs: PartialGoldenInputs, field: ContentField): unknown {
  const { iso, media, machine } = inputs;
  if (field === "bootCommand") return inputs.bootCommand;
  if (field === "provision") return inputs.provision;
  if (field === "seal") return inputs.seal;
  if (field === "iso") return iso === undefined ? undefined : identityOf(iso);
  if (field === "media") return Array.isArray(media) ? media.map(identityOf) : media;
  return machine === undefined || isUnknown(machine) ? machine : normalize(partialMachine(machine));
}

/** A volume of this program is identified by its content; the content of other volumes is unknown. */
function identityOf(volume: VolumeReference): unknown {
  if (isUnknown(volume)) return volume;
  return volume.digest ?? { pool: volume.pool, name: volume.name };
}
