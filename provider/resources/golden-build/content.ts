// What goes into an image: if any of it differs, and only then, the image is built anew.
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

/** One hash over all of it; unknown as long as any of it is. */
export function inputsHashOf(inputs: PartialGoldenInputs): string {
  const content = Object.fromEntries(contentFields.map((field) => [field, contentOf(inputs, field)]));
  if (hasUnknown(content)) return unknown;
  return sha256(canonicalJson(plain(content)));
}

/** In the one form in which it is compared: media by what is in them, sizes as numbers of bytes. */
function contentOf(inputs: PartialGoldenInputs, field: ContentField): unknown {
  const { iso, media, machine } = inputs;
  if (field === "bootCommand") return inputs.bootCommand;
  if (field === "provision") return inputs.provision;
  if (field === "seal") return inputs.seal;
  if (field === "iso") return iso === undefined ? undefined : identityOf(iso);
  if (field === "media") return Array.isArray(media) ? media.map(identityOf) : media;
  return machine === undefined || isUnknown(machine) ? machine : normalize(partialMachine(machine));
}

/** A volume of this program is known by its content; of others nobody says what is in them. */
function identityOf(volume: VolumeReference): unknown {
  if (isUnknown(volume)) return volume;
  return volume.digest ?? { pool: volume.pool, name: volume.name };
}
