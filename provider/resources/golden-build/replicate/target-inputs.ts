// Inputs of a golden image's targets: schema, defaults, and which differences are a change.
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { type Alias } from "../../../lxd/api/images";
import { type RemoteInputs } from "../../../lxd/client/discovery/location";
import { LxdError } from "../../../base/errors";
import { type Failure, type ServerIdentity, type StackConfig } from "../../../kind/kind";
import { plain } from "../../../kind/props";
import { duration, name, strict } from "../../../kind/schema";
import { isUnknown } from "../../../kind/unknowns";
import { projectOf, remoteSchema } from "../../shared/common";
import { validate as imageRules, schema as imageSchema, namedAliases } from "../../image/inputs";
import { placeSchema } from "../../image/source";

/** A server, or another project of a server, that receives copies of released images. */
export interface PublishTarget extends ServerIdentity {
  /** Undefined means the building server. */
  remote?: RemoteInputs | undefined;
  project: string;
  /** Defaults to the image's value. */
  aliases?: Alias[] | undefined;
  public?: boolean | undefined;
  /** The address of the building server as seen from the target, and the certificate by which it is trusted. */
  address?: string | undefined;
  certificate?: string | undefined;
  relay?: boolean | undefined;
  timeout: string;
  /** Only in the state: a refresh found no copy of the released image. */
  missing?: true | undefined;
}

const { aliases, public: isPublic } = imageSchema.shape;
const { certificate, server: address } = placeSchema;

export const targetSchema = strict({
  remote: remoteSchema,
  project: name.optional(),
  ...{ aliases, public: isPublic, certificate },
  address: address.optional(),
  relay: z.boolean().optional(),
  timeout: duration.optional(),
});

const defaultTimeout = "4h";

interface Completion {
  remote: RemoteInputs | undefined;
  config: StackConfig;
  failures: Failure[];
}

export function targetDefaults(targets: PublishTarget[] | undefined): PublishTarget[] {
  if (targets === undefined || isUnknown(targets)) return targets ?? [];
  return targets.map((target) => {
    if (isUnknown(target)) return target;
    const { aliases: named, timeout = defaultTimeout } = target as Partial<PublishTarget>;
    return { ...target, timeout, ...(named === undefined ? {} : { aliases: namedAliases(named) }) };
  });
}

/** The targets with their projects. Reports an undefined remote. */
export function placedTargets(
  targets: PublishTarget[] | undefined,
  { remote, config, failures }: Completion,
): PublishTarget[] {
  if (targets === undefined || isUnknown(targets)) return targets ?? [];
  return targets.map((target, i) => {
    if (isUnknown(target)) return target;
    try {
      return { ...target, project: projectOf({ ...target, remote: target.remote ?? remote }, config) };
    } catch (error) {
      failures.push({ property: `publishTo[${i}].remote`, reason: LxdError.from(error).message });
      return target;
    }
  });
}

export function targetRules(targets: PublishTarget[] | undefined): Failure[] {
  if (!Array.isArray(targets)) return [];
  return targets.flatMap((target, i) => {
    if (isUnknown(target)) return [];
    const { address: configured, relay, certificate: known, aliases: named } = target;
    const isRelayed = relay === true && (configured !== undefined || known !== undefined);
    const ofImage = named === undefined ? [] : imageRules({ source: { instance: "" }, aliases: named });
    return [
      ...(isRelayed ? [{ property: "relay", reason: "a relayed image needs no address of the building server" }] : []),
      ...ofImage,
    ].map(({ property, reason }) => ({ property: `publishTo[${i}].${property}`, reason }));
  });
}

/** Ignores what only the state contains, except for a missing copy. */
export function isSameTargets(olds: PublishTarget[] | undefined, news: PublishTarget[]): boolean {
  const form = ({ __at, __server, ...configured }: PublishTarget): PublishTarget => configured;
  return isDeepStrictEqual(plain((olds ?? []).map(form)), plain(news.map(form)));
}
