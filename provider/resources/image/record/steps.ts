// Steps for an existing image: its record, its aliases and its source mark.
import { type WireImage } from "../../../lxd/api/images";
import { type Step, type Work } from "../../../kind/kind";
import { withListed } from "../aliases/alias-lists";
import { formerUrn, type FoundImage } from "../find";
import { type ImageInputs, type ImageOutputs } from "../inputs";
import { marksOf, sourceMark } from "../owners";
import { changeRecord } from "./record";
import { identityOf, isForeknown, isPublished } from "../source";
import { type Previous, reconcileAliases, reconcileRecord } from "./reconcile";
import { isUploadOfOther, ownersBefore, uploadEnded } from "./adoption";

type ImageWork = Work<ImageInputs, ImageOutputs>;
type Known = ImageInputs & { fingerprint: string };

export function steps(work: ImageWork): Step<FoundImage>[] {
  const { context, inputs, olds } = work;
  const former = formerOf(work);
  // The owners when the steps began; afterwards this resource is one of them.
  let owners = [context.urn];
  return [
    {
      name: "record",
      run: async (found) => {
        const at = { project: found.project, fingerprint: found.image.fingerprint };
        if (isUploadOfOther(found.image, context.urn)) await uploadEnded(context.client, at, context.urn);
        owners = ownersBefore(found.image, { urn: context.urn, source: inputs.source, isKnown: olds !== undefined });
        return (await reconcileRecord(context, former, known(work, found))).isChanged;
      },
    },
    { name: "aliases", run: (found) => bringAliases(work, found, owners) },
    { name: "mark", run: (found) => mark(work, found) },
  ];
}

function formerOf(work: ImageWork): Previous {
  const { olds, context } = work;
  const { aliases = [], properties = {} } = olds ?? {};
  const { replaced } = context;
  return { aliases, properties, urn: formerUrn(olds), replaced, isListing: true, ...marksAtOnce(work) };
}

function known({ inputs }: ImageWork, { image }: FoundImage): Known {
  return { ...inputs, fingerprint: image.fingerprint };
}

async function bringAliases(work: ImageWork, found: FoundImage, owners: string[]): Promise<boolean> {
  const { client, urn } = work.context;
  const former = formerOf(work);
  const had = withListed(former.aliases, found.image, urn);
  const change = { olds: { ...former, aliases: had }, news: known(work, found), urn, owners };
  await reconcileAliases(client, change);
  const isLess = had.some(({ name }) => !change.news.aliases.some((alias) => alias.name === name));
  // Until now the list on the image had to contain them.
  if (isLess) await reconcileRecord(work.context, { ...former, aliases: [] }, change.news);
  return hasOtherAliases(found.image, change);
}

export function hasOtherAliases(image: WireImage, { olds, news }: { olds: Previous; news: Known }): boolean {
  const there = new Map((image.aliases ?? []).map(({ name, description }) => [name, description]));
  const isMissing = news.aliases.some(({ name, description }) => there.get(name) !== description);
  const desired = news.aliases.map(({ name }) => name);
  return isMissing || olds.aliases.some(({ name }) => there.has(name) && !desired.includes(name));
}

/**
 * A published image is marked last: without the mark, the next run resumes with it; with it, `--replace` creates
 * another.
 */
function marksAtOnce({ context, inputs }: ImageWork): Pick<Previous, "marks"> {
  const { source, digest } = inputs;
  if (source === undefined || isForeknown(source, digest) || isPublished(source)) return {};
  return { marks: marksOf(context.urn, identityOf(source, digest)) };
}

async function mark({ context, inputs }: ImageWork, { image, project }: FoundImage): Promise<boolean> {
  const { source } = inputs;
  if (source === undefined || !isPublished(source)) return false;
  const marks = sourceMark(context.urn, identityOf(source));
  let isDue = false;
  await changeRecord(context.client, { project, fingerprint: image.fingerprint }, (record) => {
    const current = record.properties ?? {};
    if (Object.entries(marks).every(([key, value]) => current[key] === value)) return undefined;
    isDue = true;
    return { ...record, properties: { ...current, ...marks } };
  });
  return isDue;
}
