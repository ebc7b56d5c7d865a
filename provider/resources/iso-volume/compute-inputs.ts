// Computes the inputs that the program omits: the content's digest, the automatic name and the defaults.
import { isDeepStrictEqual } from "node:util";
import { sha256 } from "../../base/canonical";
import { findVolume } from "../../lxd/api/storage/volumes";
import { type Client } from "../../lxd/client/core/client";
import { recogniseFile } from "../../content/recognition/local-file";
import { isoProblem } from "../../content/recognition/problems";
import { isLocalList } from "../../content/url/resolve-checksum";
import { LxdError } from "../../base/errors";
import { type CheckContext, type Failure } from "../../kind/kind";
import { plain } from "../../kind/props";
import { hasUnknown, unknown } from "../../kind/unknowns";
import { projectOf } from "../shared/common";
import { contentOf, type IsoSource, sourceFailures, type VolumeSource } from "./source";
import { type IsoVolumeInputs, type PartialIsoVolumeInputs, unverified } from "./inputs";
import { automaticName } from "./names";

type IsoCheckContext = CheckContext<IsoVolumeInputs>;

export async function computeInputs(
  check: IsoCheckContext,
): Promise<{ inputs: PartialIsoVolumeInputs; failures: Failure[] }> {
  const { inputs, config } = check;
  const project = projectOf(inputs, config);
  const { digest, failures } = await identify({ ...check, inputs: { ...inputs, project } });
  const whole = { ...applyDefaults(inputs), project, digest };
  const name = inputs.name ?? (await automaticName({ ...check, inputs: whole }));
  return { inputs: { ...whole, name }, failures };
}

export function applyDefaults(inputs: PartialIsoVolumeInputs): PartialIsoVolumeInputs {
  const { description = "", allowAnyContent = false, trustContent = false, overwrite = false } = inputs;
  return { ...inputs, description, allowAnyContent, trustContent, overwrite };
}

interface Identified {
  digest: string;
  failures: Failure[];
}

async function identify(check: IsoCheckContext): Promise<Identified> {
  const { inputs, olds, importId, unchanged } = check;
  const { source } = inputs;
  // `ignoreChanges: ["source"]`: the content is unchanged, even if the source no longer exists.
  if (unchanged.digest !== undefined) return { digest: unchanged.digest, failures: [] };
  if (source === undefined) {
    if (importId !== undefined || olds?.digest === unverified) return { digest: unverified, failures: [] };
    const reason = 'is required: it sets where the content comes from, for example { file: "./installer.iso" }';
    return { digest: unknown, failures: [{ property: "source", reason }] };
  }
  if (hasUnknown(source)) return { digest: unknown, failures: [] };
  const failures = sourceFailures(source);
  if (failures.length > 0) return { digest: unknown, failures };
  try {
    return await identifySource(check, source);
  } catch (error) {
    return { digest: unknown, failures: [{ property: fieldOf(source), reason: LxdError.from(error).message }] };
  }
}

async function identifySource(check: IsoCheckContext, source: IsoSource): Promise<Identified> {
  const { inputs, olds, client } = check;
  // A web server or another volume is queried only when the source differs from the last run.
  const isKnown = olds?.digest !== undefined && isDigest(olds.digest) && sameSource(olds.source, source);
  if (isKnown && !isLocal(source)) return { digest: olds.digest ?? "", failures: [] };
  if ("volume" in source) return { digest: await digestOfVolume(client(), source, inputs.project ?? ""), failures: [] };
  const problem = inputs.allowAnyContent === true ? undefined : await problemOf(source);
  // A large file that is refused is not hashed, unless it may be the content of the volume.
  if (problem !== undefined && olds?.digest === undefined) throw problem;
  const { digest } = await contentOf(source, check);
  if (problem !== undefined && olds?.digest !== digest) throw problem;
  return { digest, failures: [] };
}

async function problemOf(source: IsoSource): Promise<LxdError | undefined> {
  if (!("file" in source)) return undefined;
  return isoProblem({ name: source.file, found: await recogniseFile(source.file) });
}

/**
 * A volume of this stack has a known digest. For any other volume only the creation time is known; it identifies the
 * content, since an ISO volume never changes.
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
  return `volume:${sha256(making)}`;
}

/** Whether the digest can be determined on this machine. */
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

/** For a download, only the checksum list is requested here. */
function fieldOf(source: IsoSource): string {
  const tag = ["file", "checksum", "files", "volume"].find((key) => key in source);
  return `source.${tag ?? ""}`;
}
