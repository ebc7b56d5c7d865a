// Resolves the version of an instance's source, as far as possible before creation, and what its change requires.
import { findAlias } from "../../lxd/api/images";
import { fileContent } from "../../content/local-file/file";
import { reader } from "../../content/progress";
import { type Found } from "../../content/recognition/found";
import { recogniseFile } from "../../content/recognition/local-file";
import { backupProblem } from "../../content/recognition/problems";
import { tarballOf } from "../../content/recognition/words";
import { isOnWeb } from "../../content/source-file";
import { LxdError } from "../../base/errors";
import { type CheckContext, type Cost, type Failure } from "../../kind/kind";
import { hasUnknown, isUnknown, unknown } from "../../kind/unknowns";
import { type InstanceInputs, type InstanceOutputs } from "./schema";
import { otherType } from "./markers";
import { digestsOf, isSameSource } from "../shared/source-file";
import { backupPart, type BackupSource, imageOf, type InstanceSource, isCopy, isImage, markOf } from "./source";

/** Fills in the project of an instance that is copied. */
export function placed(source: InstanceSource | undefined, project: string): InstanceSource | undefined {
  if (source === undefined || typeof source !== "object" || !isCopy(source)) return source;
  return { ...source, project: source.project ?? project };
}

/** The hash of a backup file, or the image of a followed alias. Only the alias needs a request. */
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
    return { version: await versionOfBackup(check, source as BackupSource), failures: [] };
  } catch (error) {
    const property = isFollowed ? "source.alias" : backupPart(source as BackupSource).fields.checksum;
    return { version: unknown, failures: [{ property, reason: LxdError.from(error).message }] };
  }
}

/** A large file that cannot be a backup is not hashed, unless an instance may have been made of it. */
async function versionOfBackup(check: CheckContext<InstanceInputs>, source: BackupSource): Promise<string> {
  const { backup } = source;
  const before = check.olds?.sourceVersion;
  if (isOnWeb(backup)) {
    const isSame = before !== undefined && !isUnknown(before) && isSameSource(check.olds?.source, source);
    const [digest = ""] = await digestsOf([backupPart(source)], { known: isSame ? [before] : undefined, call: check });
    return digest;
  }
  const found = await recogniseFile(backup);
  const problem = backupProblem({ name: backup, found }, "instance") ?? typeProblem(check, backup, found);
  if (problem !== undefined && before === undefined) throw problem;
  const { digest } = await fileContent(backup, reader(check, `hashing ${backup}`));
  if (problem !== undefined && digest !== before) throw problem;
  return digest;
}

/** Old backups do not state their type. */
function typeProblem({ inputs }: CheckContext<InstanceInputs>, backup: string, found: Found): LxdError | undefined {
  const { type = "container" } = inputs;
  const stated = tarballOf(found)?.backup?.type;
  return stated === undefined || isUnknown(type)
    ? undefined
    : otherType(type, { type: stated }, `the backup ${backup}`);
}

/** If the program specified no source so far, as for an imported instance, any source is accepted. */
export function sourceCost(olds: InstanceOutputs, news: InstanceInputs): Cost {
  const { source, sourceVersion } = news;
  if (source === undefined || isSame(olds, news)) return "ignore";
  if (hasUnknown(source) || isUnknown(sourceVersion)) return imageCost(news);
  const image = imageOf(source, sourceVersion);
  const hadImage = olds.source === undefined || isImage(olds.source);
  // `update`: only the form of the source changed, which is stored.
  if (image !== undefined && image === olds.baseImage && hadImage) return "update";
  return imageCost(news);
}

function imageCost({ source, onImageChange }: InstanceInputs): Cost {
  const isAnImage = source !== undefined && (typeof source !== "object" || isImage(source));
  return isAnImage && onImageChange === "rebuild" ? "update" : "replace";
}

/** Whether both are the same source, whatever their other fields. A followed alias stands for its image. */
function isSame(olds: InstanceOutputs, { source, sourceVersion }: InstanceInputs): boolean {
  if (olds.source === undefined || hasUnknown(source) || isUnknown(sourceVersion)) return false;
  const mark = markOf(source, sourceVersion);
  // It is unknown which backup an imported instance comes from.
  const before = markOf(olds.source, olds.sourceVersion ?? sourceVersion);
  if (mark === undefined || mark !== before) return false;
  const image = imageOf(source, sourceVersion);
  return image === undefined || image === olds.baseImage;
}
