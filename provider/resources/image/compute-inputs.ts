// Computes the inputs that the program omits: defaults, and the fingerprint as far as it is known in advance.
import { type Alias, listImages } from "../../lxd/api/images";
import { LxdError } from "../../base/errors";
import { type ServedImage } from "../../image-server/types";
import { type CheckContext, type Failure } from "../../kind/kind";
import { hasUnknown, isUnknown, unknown } from "../../kind/unknowns";
import { projectOf } from "../shared/common";
import { claimAliases, rivalFailures } from "./aliases/claims";
import { contentFailures } from "./content-failures";
import { hashesOf } from "./hashes";
import { findByName, parseImageId } from "./id";
import { applyDefaults, type ImageInputs, isSame, type PartialImageInputs } from "./inputs";
import { markedImages } from "./owners";
import { isAskedHere, servedBy } from "./server-image";
import { isOnWeb } from "../../content/source-file";
import { fieldOf, identityOf, isContent, sourceFailures, sourceTags } from "./source";
import { partsOf } from "./source-parts";
import { type ImageSource, type ServerSource } from "./source-types";

type ImageCheckContext = CheckContext<ImageInputs>;

interface ComputedInputs {
  inputs: PartialImageInputs;
  failures: Failure[];
}

export async function computeInputs(check: ImageCheckContext): Promise<ComputedInputs> {
  const { inputs, config } = check;
  const whole = applyDefaults({ ...inputs, project: projectOf(inputs, config) });
  claimAliases(check, whole);
  const computed = await computeSource(check, whole);
  // Now includes the copied aliases.
  claimAliases(check, computed.inputs);
  return { ...computed, failures: [...computed.failures, ...rivalFailures(check, computed.inputs)] };
}

async function computeSource(check: ImageCheckContext, whole: PartialImageInputs): Promise<ComputedInputs> {
  const { source } = check.inputs;
  if (source === undefined) return computeImported({ ...check, inputs: whole });
  const failures = sourceFailures(source);
  if (hasUnknown(source) || failures.length > 0) {
    return { inputs: { ...whole, fingerprint: unknown }, failures };
  }
  const refused = await contentFailures(source);
  if (refused.length > 0 && !(await isContentOf(check, source))) {
    return { inputs: { ...whole, fingerprint: unknown }, failures: refused };
  }
  let field = digestField(source);
  try {
    const hashes = await hashesOf(check, source);
    field = fieldOf(source);
    whole.digest = hashes.digest;
    const extended = { ...check, inputs: whole };
    const served = "server" in source ? await consult(extended, source) : undefined;
    whole.copiedAliases = copiedAliases(extended, source, served);
    whole.aliases = withCopied(whole);
    const fingerprint =
      hashes.fingerprint ??
      (await identify(extended, source)) ??
      served?.fingerprint ??
      (await importedFingerprint(extended));
    return { inputs: { ...whole, fingerprint }, failures: [] };
  } catch (error) {
    const failure = { property: field, reason: LxdError.from(error).message };
    return { inputs: { ...whole, fingerprint: unknown }, failures: [failure] };
  }
}

/** The input to name if the hashes cannot be computed: of a download, only its checksum list is requested. */
function digestField(source: ImageSource): string {
  const onWeb = isContent(source) ? partsOf(source).filter(({ file }) => isOnWeb(file)) : [];
  const [only, ...others] = onWeb;
  return only === undefined || others.length > 0 ? fieldOf(source) : only.fields.checksum;
}

/** Content that an earlier release accepted stays valid until it changes. */
async function isContentOf(check: ImageCheckContext, source: ImageSource): Promise<boolean> {
  const { olds } = check;
  if (olds?.fingerprint === undefined) return false;
  const hashes = await hashesOf(check, source).catch(() => undefined);
  if (hashes === undefined) return false;
  const isKnown = hashes.digest !== undefined || hashes.fingerprint !== undefined;
  const isSameFingerprint = hashes.fingerprint === undefined || hashes.fingerprint === olds.fingerprint;
  return isKnown && isSameFingerprint && (hashes.digest === undefined || hashes.digest === olds.digest);
}

/** Queries the image server for a new image, or to copy its aliases; not again while the program is unchanged. */
async function consult(check: ImageCheckContext, source: ServerSource): Promise<ServedImage | undefined> {
  const { olds, client } = check;
  const isUnchanged = olds?.source !== undefined && isSame(olds.source, source);
  const isNeeded = isUnchanged ? source.copyAliases === true && olds.copiedAliases === undefined : isAskedHere(source);
  if (!isNeeded) return undefined;
  return servedBy(source, check, async () => (await client().info()).architectures);
}

function copiedAliases(
  { olds }: ImageCheckContext,
  source: ImageSource,
  served: ServedImage | undefined,
): Alias[] | undefined {
  if (!("server" in source) || source.copyAliases !== true) return undefined;
  return served?.aliases ?? olds?.copiedAliases;
}

function withCopied({ aliases = [], copiedAliases: copied = [] }: PartialImageInputs): Alias[] {
  if (!Array.isArray(aliases)) return aliases;
  return [...aliases, ...copied.filter(({ name }) => !aliases.some((each) => each.name === name))];
}

/** An image imported without a source is identified by its fingerprint alone. */
async function computeImported(check: ImageCheckContext): Promise<ComputedInputs> {
  const { inputs, olds, importId } = check;
  const known = olds?.source === undefined ? olds?.fingerprint : undefined;
  const fingerprint = known ?? (await importedFingerprint(check)) ?? unknown;
  const isKnown = importId !== undefined || known !== undefined;
  return { inputs: { ...inputs, fingerprint }, failures: isKnown ? [] : [noSource] };
}

const noSource: Failure = {
  property: "source",
  reason: `is required, with one of ${sourceTags.join(", ")}; only an imported image can omit it`,
};

async function importedFingerprint({ inputs, importId, client }: ImageCheckContext): Promise<string | undefined> {
  const name = importId === undefined ? undefined : parseImageId(importId);
  // The preflight reports any other problem with the ID.
  if (name === undefined || name.project !== inputs.project || hasUnknown(inputs.remote)) return undefined;
  return (await findByName(client(), name))?.fingerprint;
}

async function identify(check: ImageCheckContext, source: ImageSource): Promise<string | undefined> {
  if ("server" in source && source.fingerprint !== undefined) return source.fingerprint;
  return (await madeBefore(check, source)) ?? sameAsBefore(check, source);
}

/** An imported image has no source mark until it is changed. */
function sameAsBefore({ olds, inputs }: ImageCheckContext, source: ImageSource): string | undefined {
  if (olds?.fingerprint === undefined || isUnknown(olds.fingerprint) || olds.digest !== inputs.digest) return undefined;
  return isSame(olds.source, source) && olds.project === inputs.project ? olds.fingerprint : undefined;
}

/** A fingerprint determined at creation is read from the daemon, so that a preview of an update knows it. */
async function madeBefore(check: ImageCheckContext, source: ImageSource): Promise<string | undefined> {
  const { inputs, olds, urn, client } = check;
  const { project = "default", remote } = inputs;
  // A project that is still to be created cannot be queried and has no images.
  if (olds?.project !== project || hasUnknown(remote) || isUnknown(project)) return undefined;
  return markedImages(await listImages(client(), project), urn, identityOf(source, inputs.digest)).at(-1)?.fingerprint;
}
