// Images: created once, identified by fingerprint; aliases, properties and visibility change in place.
import { isDeepStrictEqual } from "node:util";
import { findImage } from "../../lxd/api/images";
import { type Client } from "../../lxd/client/core/client";
import {
  type CheckContext,
  type Failure,
  type Reading,
  type ReconciledKind,
  type RemovalContext,
} from "../../kind/kind";
import { hasUnknown, isUnknown } from "../../kind/unknowns";
import { checkProject } from "../shared/common";
import { isPlacePlanned } from "../shared/planned";
import { checkProfiles } from "../shared/profiles";
import { unreachableFailures } from "../shared/source-file";
import { streamsFailures } from "../shared/streams-pull";
import { takenAliases } from "./aliases/aliases";
import { withListed } from "./aliases/alias-lists";
import { computeInputs } from "./compute-inputs";
import { create } from "./create/create";
import { formerUrn, type FoundImage, identity, identityOfState, locate, owner } from "./find";
import { idOf, imageNameOf } from "./id";
import { adopt, importFailures, unwritten } from "./import";
import { applyDefaults, type ImageInputs, type ImageOutputs, policies, schema, validate } from "./inputs";
import { isOwnedBy, isUploadOf } from "./owners";
import { publishFailures } from "./create/publish";
import { release, releaseLeft } from "./record/release";
import { fieldOf, isContent, isPublished, placeOf } from "./source";
import { partsOf } from "./source-parts";
import { type ImageSource } from "./source-types";
import { hasNewSettings, settingFailures } from "./record/shared-settings";
import { steps } from "./record/steps";
import { isCopied, toOutputs } from "./record/reconcile";
import { alreadyExists, isShared, mayAdopt, ownersBefore } from "./record/adoption";
import { urlFailures } from "./create/url";

type Inputs = ImageInputs;
type Outputs = ImageOutputs;

export const image: ReconciledKind<Inputs, Outputs, FoundImage> = {
  kindName: "image",
  schema,
  policies,
  validate,
  applyDefaults,
  computeInputs,
  preflight,
  preflightChange,
  deleteBeforeReplace,
  idOf: ({ project, fingerprint, source }, _urn, found) =>
    idOf({ project, fingerprint: found?.image.fingerprint ?? fingerprint ?? (source && placeOf(source)) }),
  locate,
  identity,
  identityOfState,
  owner,
  conflict: ({ image: found }, { adopt }) =>
    mayAdopt(found, { adopt }) ? undefined : alreadyExists(found.fingerprint),
  adoptionNotice: usedAsIs,
  leftover: () => "resumed",
  isLeftover: ({ image: found, urn }) => isOwnedBy(found, urn) || isUploadOf(found, urn),
  create,
  adopt,
  steps,
  toState,
  remove,
  removeRest: releaseLeft,
  fromId,
};

async function preflight(client: Client, check: CheckContext<Inputs>): Promise<Failure[]> {
  const { inputs, importId } = check;
  const failures = await checkProject(client, inputs.project);
  if (importId !== undefined) return failures.length > 0 ? failures : importFailures(client, check);
  const { project, fingerprint, source, adopt } = inputs;
  if (failures.length > 0 || project === undefined || hasUnknown(project) || source === undefined) return failures;
  failures.push(...(await publishFailures(client, source)), ...(await urlFailures(client, source)));
  if (isPlacePlanned(client, { project })) return failures;
  const known = isUnknown(fingerprint) ? undefined : fingerprint;
  const found = known === undefined ? undefined : (await findImage(client, { project, fingerprint: known }))?.value;
  failures.push(...(await aliasFailures(client, check, found)), ...(await checkProfiles(client, inputs)));
  if (found === undefined) failures.push(...(await sourceFailures(client, check, source)));
  if (found === undefined) return failures;
  if (mayAdopt(found, { adopt })) return [...failures, ...settingFailures(found, check, inputs)];
  return [...failures, { property: fieldOf(source), reason: alreadyExists(found.fingerprint).message }];
}

async function preflightChange(client: Client, check: CheckContext<Inputs>): Promise<Failure[]> {
  const { inputs, olds } = check;
  const profiles = isDeepStrictEqual(inputs.profiles, olds?.profiles) ? [] : await checkProfiles(client, inputs);
  return [...profiles, ...(await sharedFailures(client, check))];
}

/** Other stacks may share the image and set the same settings. */
async function sharedFailures(client: Client, { inputs, olds, urn }: CheckContext<Inputs>): Promise<Failure[]> {
  const { project, fingerprint } = inputs;
  if (project === undefined || fingerprint === undefined || hasUnknown([project, fingerprint])) return [];
  if (olds?.project !== project || !hasNewSettings(inputs, olds)) return [];
  const found = await findImage(client, { project, fingerprint });
  return found === undefined ? [] : settingFailures(found.value, { urn, formerUrn: formerUrn(olds) }, inputs);
}

/** Asks the servers of new downloads whether they have the files, and an image server whether it has the image. */
async function sourceFailures(client: Client, check: CheckContext<Inputs>, source: ImageSource): Promise<Failure[]> {
  const { inputs, signal } = check;
  if (hasUnknown(source)) return [];
  // A relayed image was looked up already.
  if ("server" in source) return source.relay === true ? [] : streamsFailures(client, source, { ...check, advice });
  if (hasUnknown(inputs.fingerprint) || !isContent(source)) return [];
  return unreachableFailures(partsOf(source), signal);
}

const advice = "set relay: true, so that the provider reads it and sends it to the server";

/** `found`: the image that the resource will share; the aliases copied with it may belong to anyone. */
async function aliasFailures(
  client: Client,
  { inputs, urn, replaced }: CheckContext<Inputs>,
  found: FoundImage["image"] | undefined,
): Promise<Failure[]> {
  const { project = "", aliases, source, aliasPolicy: policy } = inputs;
  if (!Array.isArray(aliases)) return [];
  const at = { project, fingerprint: found?.fingerprint ?? "" };
  const owners = found === undefined ? [urn] : ownersBefore(found, { urn, source, isKnown: false });
  const all = aliases.map(async (alias, i) => {
    const isCopy = !isUnknown(alias.name) && isCopied(inputs, alias.name);
    const successor = { urn, replaced, policy, isShared: !isCopy && isShared(owners, urn) };
    const [failure] = await takenAliases(client, at, [alias], successor);
    return failure === undefined ? [] : [{ ...failure, property: isCopy ? "source.copyAliases" : `aliases[${i}]` }];
  });
  return (await Promise.all(all)).flat();
}

/** A published image can exist beside the old one; for all other content there is only one image. */
function deleteBeforeReplace(olds: Outputs, news: Inputs): boolean {
  return idOf(olds) === idOf(news) && (news.source === undefined || !isPublished(news.source));
}

function usedAsIs(
  { image: found }: FoundImage,
  { project, source }: Inputs,
  { urn }: { urn: string },
): string | undefined {
  if (!isOwnedBy(found, urn) || source === undefined || isPublished(source)) return undefined;
  return `image ${idOf({ ...found, project })} is reused: the same content is always the same image`;
}

/** Until the new state is reached, the previous aliases and properties still belong to the resource. */
function toState(
  _context: unknown,
  { inputs, found, state, moment }: Reading<Inputs, Outputs, FoundImage>,
): Promise<Outputs> {
  if (isBare(inputs)) return Promise.resolve(toOutputs(unwritten(found), found.image));
  if (moment === "read") {
    const aliases = withListed(inputs.aliases, found.image, found.urn);
    return Promise.resolve(toOutputs({ ...inputs, aliases }, found.image));
  }
  if (moment === "settled" || state === undefined) return Promise.resolve(toOutputs(inputs, found.image));
  const former = state.aliases.filter(({ name }) => !inputs.aliases.some((alias) => alias.name === name));
  const aliases = [...inputs.aliases, ...former];
  const properties = { ...state.properties, ...inputs.properties };
  return Promise.resolve(toOutputs({ ...inputs, aliases, properties }, found.image));
}

async function remove(context: RemovalContext, { image: found, project }: FoundImage, state: Outputs): Promise<void> {
  const { fingerprint, uploaded_at: uploadedAt } = found;
  await release(context, { ...state, project, fingerprint, uploadedAt });
  await releaseLeft(context, state);
}

/** An image of which only the ID is known is read without comparison. */
function fromId(id: string): Inputs {
  const { project, name } = imageNameOf(id);
  return { project, fingerprint: name } as Inputs;
}

function isBare(inputs: Partial<Inputs>): boolean {
  return inputs.aliases === undefined;
}
