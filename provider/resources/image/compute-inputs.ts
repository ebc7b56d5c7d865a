// Fills in what the program leaves to the provider: defaults, and the fingerprint as far as it can be known in advance.
import { type Alias, listImages } from "../../lxd/api/images";
import { LxdError } from "../../base/errors";
import { type ServedImage } from "../../image-server/types";
import { type Completion, type Failure } from "../../kind/kind";
import { hasUnknown, isUnknown, unknown } from "../../kind/unknowns";
import { projectOf } from "../shared/common";
import { claimAliases, rivalFailures } from "./aliases/claims";
import { hashesOf } from "./hashes";
import { findByName, parseImageId } from "./id";
import { applyDefaults, type ImageDraft, type ImageInputs, isSame } from "./inputs";
import { markedImages } from "./owners";
import { isAskedHere, servedBy } from "./server-image";
import { fieldOf, identityOf, sourceFailures, sourceTags } from "./source";
import { type ImageSource, type ServerSource } from "./source-types";

type ImageCompletion = Completion<ImageInputs>;

interface Completed {
  draft: ImageDraft;
  failures: Failure[];
}

export async function complete(completion: ImageCompletion): Promise<Completed> {
  const { draft, config } = completion;
  const whole = applyDefaults({ ...draft, project: projectOf(draft, config) });
  claimAliases(completion, whole);
  const completed = await completeSource(completion, whole);
  // Now with those that are copied.
  claimAliases(completion, completed.draft);
  return { ...completed, failures: [...completed.failures, ...rivalFailures(completion, completed.draft)] };
}

async function completeSource(completion: ImageCompletion, whole: ImageDraft): Promise<Completed> {
  const { source } = completion.draft;
  if (source === undefined) return completeUnwritten({ ...completion, draft: whole });
  const failures = sourceFailures(source);
  if (hasUnknown(source) || failures.length > 0) {
    return { draft: { ...whole, fingerprint: unknown }, failures };
  }
  let field = "download" in source ? "source.checksum" : fieldOf(source);
  try {
    const hashes = await hashesOf(completion, source);
    field = fieldOf(source);
    whole.digest = hashes.digest;
    const said = { ...completion, draft: whole };
    const served = "server" in source ? await consult(said, source) : undefined;
    whole.copiedAliases = copiedAliases(said, source, served);
    whole.aliases = withCopied(whole);
    const fingerprint =
      hashes.fingerprint ?? (await identify(said, source)) ?? served?.fingerprint ?? (await importedFingerprint(said));
    return { draft: { ...whole, fingerprint }, failures: [] };
  } catch (error) {
    const failure = { property: field, reason: LxdError.from(error).message };
    return { draft: { ...whole, fingerprint: unknown }, failures: [failure] };
  }
}

/** The server is asked for what is to be made, or to get its aliases; never again while the program says the same. */
async function consult(completion: ImageCompletion, source: ServerSource): Promise<ServedImage | undefined> {
  const { olds, client } = completion;
  const isUnchanged = olds?.source !== undefined && isSame(olds.source, source);
  const isNeeded = isUnchanged ? source.copyAliases === true && olds.copiedAliases === undefined : isAskedHere(source);
  if (!isNeeded) return undefined;
  return servedBy(source, completion, async () => (await client().info()).architectures);
}

function copiedAliases(
  { olds }: ImageCompletion,
  source: ImageSource,
  served: ServedImage | undefined,
): Alias[] | undefined {
  if (!("server" in source) || source.copyAliases !== true) return undefined;
  return served?.aliases ?? olds?.copiedAliases;
}

function withCopied({ aliases = [], copiedAliases: copied = [] }: ImageDraft): Alias[] {
  if (!Array.isArray(aliases)) return aliases;
  return [...aliases, ...copied.filter(({ name }) => !aliases.some((each) => each.name === name))];
}

/** An image that was imported as it is need not say where it has come from, and is known by its fingerprint alone. */
async function completeUnwritten(completion: ImageCompletion): Promise<Completed> {
  const { draft, olds, importId } = completion;
  const known = olds?.source === undefined ? olds?.fingerprint : undefined;
  const fingerprint = known ?? (await importedFingerprint(completion)) ?? unknown;
  const isKnown = importId !== undefined || known !== undefined;
  return { draft: { ...draft, fingerprint }, failures: isKnown ? [] : [noSource] };
}

const noSource: Failure = {
  property: "source",
  reason: `is required, with one of ${sourceTags.join(", ")}; only an imported image can omit it`,
};

async function importedFingerprint({ draft, importId, client }: ImageCompletion): Promise<string | undefined> {
  const name = importId === undefined ? undefined : parseImageId(importId);
  // Whatever else is wrong with the ID, the preflight tells.
  if (name === undefined || name.project !== draft.project || hasUnknown(draft.remote)) return undefined;
  return (await findByName(client(), name))?.fingerprint;
}

async function identify(completion: ImageCompletion, source: ImageSource): Promise<string | undefined> {
  if ("server" in source && source.fingerprint !== undefined) return source.fingerprint;
  return (await madeBefore(completion, source)) ?? sameAsBefore(completion, source);
}

/** An image that was imported has no mark of ours until it is changed. */
function sameAsBefore({ olds, draft }: ImageCompletion, source: ImageSource): string | undefined {
  if (olds?.fingerprint === undefined || isUnknown(olds.fingerprint) || olds.digest !== draft.digest) return undefined;
  return isSame(olds.source, source) && olds.project === draft.project ? olds.fingerprint : undefined;
}

/** What only the making told is read from the daemon, so that a preview of a change knows it like any other. */
async function madeBefore(completion: ImageCompletion, source: ImageSource): Promise<string | undefined> {
  const { draft, olds, urn, client } = completion;
  const { project = "default", remote } = draft;
  // A project that is to be made cannot be asked yet, and has none.
  if (olds?.project !== project || hasUnknown(remote) || isUnknown(project)) return undefined;
  return markedImages(await listImages(client(), project), urn, identityOf(source, draft.digest)).at(-1)?.fingerprint;
}
