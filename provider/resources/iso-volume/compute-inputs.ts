// Fills in what the program leaves to the provider: the content's digest, the automatic name, the defaults.
import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { findVolume } from "../../lxd/api/storage/volumes";
import { type Client } from "../../lxd/client/core/client";
import { expandPath } from "../../content/local-file/file";
import { isOptical, notOptical } from "../../content/iso-detection";
import { isLocalList } from "../../content/url/resolve-checksum";
import { LxdError } from "../../base/errors";
import { type Completion, type Failure } from "../../kind/kind";
import { plain } from "../../kind/props";
import { hasUnknown, unknown } from "../../kind/unknowns";
import { projectOf } from "../shared/common";
import { contentOf, type IsoSource, sourceFailures, type VolumeSource } from "./source";
import { type IsoVolumeDraft, type IsoVolumeInputs, unverified } from "./inputs";
import { automaticName } from "./names";

type IsoCompletion = Completion<IsoVolumeInputs>;

export async function complete(completion: IsoCompletion): Promise<{ draft: IsoVolumeDraft; failures: Failure[] }> {
  const { draft, config } = completion;
  const project = projectOf(draft, config);
  const { digest, failures } = await identify({ ...completion, draft: { ...draft, project } });
  const whole = { ...applyDefaults(draft), project, digest };
  const name = draft.name ?? (await automaticName({ ...completion, draft: whole }));
  return { draft: { ...whole, name }, failures };
}

export function applyDefaults(draft: IsoVolumeDraft): IsoVolumeDraft {
  const { description = "", allowAnyContent = false, trustContent = false, overwrite = false } = draft;
  return { ...draft, description, allowAnyContent, trustContent, overwrite };
}

interface Identified {
  digest: string;
  failures: Failure[];
}

async function identify(completion: IsoCompletion): Promise<Identified> {
  const { draft, olds, importId, kept } = completion;
  const { source } = draft;
  // `ignoreChanges: ["source"]`: whatever became of the source, the content stays what it is.
  if (kept.digest !== undefined) return { digest: kept.digest, failures: [] };
  if (source === undefined) {
    if (importId !== undefined || olds?.digest === unverified) return { digest: unverified, failures: [] };
    const reason = 'is required: it sets where the content comes from, for example { file: "./installer.iso" }';
    return { digest: unknown, failures: [{ property: "source", reason }] };
  }
  if (hasUnknown(source)) return { digest: unknown, failures: [] };
  const failures = sourceFailures(source);
  if (failures.length > 0) return { digest: unknown, failures };
  try {
    return await identifySource(completion, source);
  } catch (error) {
    return { digest: unknown, failures: [{ property: fieldOf(source), reason: LxdError.from(error).message }] };
  }
}

async function identifySource(completion: IsoCompletion, source: IsoSource): Promise<Identified> {
  const { draft, olds, client } = completion;
  // A web server or another volume is asked only when the program speaks of another one than the last time.
  const isKnown = olds?.digest !== undefined && isDigest(olds.digest) && sameSource(olds.source, source);
  if (isKnown && !isLocal(source)) return { digest: olds.digest ?? "", failures: [] };
  if ("volume" in source) return { digest: await digestOfVolume(client(), source, draft.project ?? ""), failures: [] };
  const content = await contentOf(source, completion);
  const isNew = "file" in source && olds?.digest !== content.digest && draft.allowAnyContent !== true;
  if (isNew && !(await isOptical(expandPath(source.file)))) throw notOptical(source.file);
  return { digest: content.digest, failures: [] };
}

/**
 * A volume of this stack says what its content is. Of any other only its making is known: it stands for its content,
 * since an ISO volume never changes.
 */
async function digestOfVolume(client: Client, { volume }: VolumeSource, project: string): Promise<string> {
  if (volume.digest !== undefined && isDigest(volume.digest)) return volume.digest;
  const at = { project: volume.project ?? project, pool: volume.pool, name: volume.name };
  const found = await findVolume(client, at);
  const id = `${at.project}/${at.pool}/${at.name}`;
  if (found === undefined) {
    const advice = "Use an ISO volume that exists, or one of this program.";
    throw new LxdError({ code: "not-found", why: `there is no volume ${id}`, advice });
  }
  if (found.value.content_type !== "iso") {
    throw new LxdError({
      code: "invalid-argument",
      why: `${id} is of content type "${found.value.content_type}", not iso`,
    });
  }
  const making = `${id} ${found.value.created_at} ${found.value.config?.["size"] ?? ""}`;
  return `volume:${createHash("sha256").update(making).digest("hex")}`;
}

/** Whether what tells the content is on this machine. */
function isLocal(source: IsoSource): boolean {
  if ("url" in source || "urls" in source) return isLocalList(source.checksum);
  return "file" in source || "files" in source;
}

function sameSource(olds: unknown, news: unknown): boolean {
  return olds !== undefined && isDeepStrictEqual(plain(olds), plain(news));
}

function isDigest(text: string): boolean {
  return /^(sha256|sha512|volume):[0-9a-f]{64,128}$/.test(text);
}

/** Of a download, nothing but its list of checksums is asked for here. */
function fieldOf(source: IsoSource): string {
  const tag = ["file", "checksum", "files", "volume"].find((key) => key in source);
  return `source.${tag ?? ""}`;
}
