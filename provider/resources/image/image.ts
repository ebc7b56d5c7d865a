// Images: uploaded once, known by their fingerprint; aliases, properties and visibility change in place.
import { findImage } from "../../api/images";
import { type Client } from "../../client/client";
import { isCode, LxdError } from "../../errors";
import { type Completion, type Context, type Failure, type ResourceKind } from "../../kind";
import { hasUnknown, isUnknown } from "../../unknowns";
import { checkProject } from "../common";
import { isPlacePlanned } from "../planned";
import { takenAliases } from "./aliases";
import { complete } from "./complete";
import { create } from "./create";
import { findById, idOf, parseImageId } from "./id";
import { importFailures, unwritten } from "./import";
import { type ImageInputs, type ImageOutputs, policies, rules, schema } from "./inputs";
import { publishFailures } from "./publish";
import { fieldOf, isPulled } from "./source";
import { findUpdated } from "./updates";
import { urlFailures } from "./url";
import { release } from "./release";
import { isCopied, sync, toOutputs } from "./sync";
import { mayTake, taken } from "./take-over";

type Inputs = ImageInputs;
type Outputs = ImageOutputs;

export const image: ResourceKind<Inputs, Outputs> = {
  noun: "image",
  schema,
  policies,
  rules,
  complete,
  preflight,
  deleteBeforeReplace: (olds, news) => idOf(olds) === idOf(news),
  create,
  read,
  update,
  remove,
};

async function preflight(client: Client, completion: Completion<Inputs>): Promise<Failure[]> {
  const { draft, urn, replaced, importId } = completion;
  const failures = await checkProject(client, draft.project);
  if (importId !== undefined) return failures.length > 0 ? failures : importFailures(client, completion);
  const { project, fingerprint, aliases, source, adopt } = draft;
  if (failures.length > 0 || project === undefined || hasUnknown(project) || source === undefined) return failures;
  failures.push(...(await publishFailures(client, source)), ...(await urlFailures(client, source)));
  if (isPlacePlanned(client, { project })) return failures;
  const known = isUnknown(fingerprint) ? undefined : fingerprint;
  if (Array.isArray(aliases)) {
    const at = { project, fingerprint: known ?? "" };
    const found = await takenAliases(client, at, aliases, {
      urn,
      replaced,
      policy: draft.aliasPolicy,
      isShared: false,
    });
    failures.push(...found.map((failure) => atSource(draft, failure)));
  }
  const found = known === undefined ? undefined : await findImage(client, { project, fingerprint: known });
  if (found === undefined || mayTake(found.value, { urn, adopt, isPulled: isPulled(source) })) return failures;
  return [...failures, { property: fieldOf(source), reason: taken(found.value.fingerprint).message }];
}

/** Of an alias that the program has not written itself. */
function atSource(draft: Completion<Inputs>["draft"], { property, reason }: Failure): Failure {
  const alias = draft.aliases?.[Number(/\d+/.exec(property)?.[0])]?.name;
  return { reason, property: alias !== undefined && isCopied(draft, alias) ? "source.copyAliases" : property };
}

/** With no state but the ID (`Image.get`) the image is read as it is. */
async function read(context: Context, id: string, state: Partial<Outputs>): Promise<Outputs | undefined> {
  if (state.fingerprint === undefined) return readStrange(context, id);
  return readOwn(context, state as Outputs);
}

async function readStrange({ client, urn }: Context, id: string): Promise<Outputs | undefined> {
  const found = await findById(client, id);
  if (found === undefined) return undefined;
  const project = parseImageId(id)?.project ?? "default";
  return toOutputs(unwritten(found, project), found, urn);
}

async function readOwn({ client, urn }: Context, state: Outputs): Promise<Outputs | undefined> {
  const found = (await findImage(client, state)) ?? (await findUpdated(client, state));
  return found === undefined ? undefined : toOutputs(state, found.value, urn);
}

async function update(context: Context, id: string, olds: Outputs, news: Inputs): Promise<Outputs> {
  try {
    return await sync(
      context,
      { ...olds, urn: (olds as Bookkeeping).__urn },
      { ...news, fingerprint: olds.fingerprint },
    );
  } catch (error) {
    throw LxdError.from(error).during(`update image ${id}`);
  }
}

interface Bookkeeping {
  __urn?: string;
}

async function remove(context: Context, id: string, state: Outputs): Promise<void> {
  try {
    await release(context, state);
  } catch (error) {
    if (!isCode(error, "not-found")) throw LxdError.from(error).during(`delete image ${id}`);
  }
}
