// What a source stands for now, as far as it can be known before anything is made, and what a change of it costs.
import { findAlias } from "../../lxd/api/images";
import { fileContent } from "../../content/local-file/file";
import { reader } from "../../content/progress";
import { LxdError } from "../../base/errors";
import { type CheckContext, type Cost, type Failure } from "../../kind/kind";
import { hasUnknown, isUnknown, unknown } from "../../kind/unknowns";
import { type InstanceInputs, type InstanceOutputs } from "./schema";
import { imageOf, type InstanceSource, isCopy, isImage, markOf } from "./source";

/** With the project of an instance that is copied spelled out. */
export function placed(source: InstanceSource | undefined, project: string): InstanceSource | undefined {
  if (source === undefined || typeof source !== "object" || !isCopy(source)) return source;
  return { ...source, project: source.project ?? project };
}

/** The hash of a backup file; the image of an alias that is followed, for which alone the daemon is asked. */
export async function versionOf(
  check: CheckContext<InstanceInputs>,
): Promise<{ version: string | undefined; failures: Failure[] }> {
  const { inputs, client, unchanged } = check;
  const { source, project = "default" } = inputs;
  if (unchanged.sourceVersion !== undefined) return { version: unchanged.sourceVersion, failures: [] };
  if (source === undefined || typeof source !== "object") return { version: undefined, failures: [] };
  const isFollowed = "alias" in source && !("server" in source) && source.follow === true;
  if (!isFollowed && !("backup" in source)) return { version: undefined, failures: [] };
  if (hasUnknown(source) || hasUnknown(inputs.remote) || isUnknown(project)) return { version: unknown, failures: [] };
  try {
    if (isFollowed) return { version: (await findAlias(client(), project, source.alias))?.target, failures: [] };
    const { backup } = source as { backup: string };
    return { version: (await fileContent(backup, reader(check, `hashing ${backup}`))).digest, failures: [] };
  } catch (error) {
    const property = isFollowed ? "source.alias" : "source.backup";
    return { version: unknown, failures: [{ property, reason: LxdError.from(error).message }] };
  }
}

/** A machine of which the program does not say what it was made from, an imported one above all, is as good as any. */
export function sourceCost(olds: InstanceOutputs, news: InstanceInputs): Cost {
  const { source, sourceVersion } = news;
  if (source === undefined || isSame(olds, news)) return "ignore";
  if (hasUnknown(source) || isUnknown(sourceVersion)) return imageCost(news);
  const image = imageOf(source, sourceVersion);
  const hadImage = olds.source === undefined || isImage(olds.source);
  // `update`: what the program calls it is new, and is stored.
  if (image !== undefined && image === olds.baseImage && hadImage) return "update";
  return imageCost(news);
}

function imageCost({ source, onImageChange }: InstanceInputs): Cost {
  const isAnImage = source !== undefined && (typeof source !== "object" || isImage(source));
  return isAnImage && onImageChange === "rebuild" ? "update" : "replace";
}

/** Whether the two are one source, whatever is said beside that. An alias that is followed is its image. */
function isSame(olds: InstanceOutputs, { source, sourceVersion }: InstanceInputs): boolean {
  if (olds.source === undefined || hasUnknown(source) || isUnknown(sourceVersion)) return false;
  const mark = markOf(source, sourceVersion);
  // Of a backup that an imported machine may come from nothing is known.
  const before = markOf(olds.source, olds.sourceVersion ?? sourceVersion);
  if (mark === undefined || mark !== before) return false;
  const image = imageOf(source, sourceVersion);
  return image === undefined || image === olds.baseImage;
}
