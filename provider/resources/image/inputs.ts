// Inputs of an image, what a change of each input requires, and conflicts between inputs.
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { type Alias } from "../../lxd/api/images";
import { type CommonInputs, type Cost, type Failure, type KindDefinition, type PartialInputs } from "../../kind/kind";
import { plain } from "../../kind/props";
import { instant, name, scalar, strict } from "../../kind/schema";
import { isUnknown, unknown } from "../../kind/unknowns";
import { remoteSchema, toStrings } from "../shared/common";
import { identityOf, isContent, sourceSchema } from "./source";
import { type ShownMetadata } from "./description";
import { type ImageSource } from "./source-types";
import { isProviderKey } from "../shared/ownership";

export interface ImageInputs extends CommonInputs {
  /** Absent only for an image that was imported without a source. */
  source?: ImageSource | undefined;
  aliases: Alias[];
  properties: Record<string, string>;
  public: boolean;
  autoUpdate?: boolean | undefined;
  expiresAt?: string | undefined;
  profiles?: string[] | undefined;
  aliasPolicy: AliasPolicy;
  /** Adopt an image with this content that someone else created. */
  adopt: boolean;
  /** Computed: the image's fingerprint on the daemon, as far as it is known before creation. */
  fingerprint?: string | undefined;
  /** Computed: with `copyAliases`, the aliases of the image on its server at creation; also part of `aliases`. */
  copiedAliases?: Alias[] | undefined;
  /** Computed: the hash of the bytes where it is not the fingerprint: a disk to be converted, or SHA-512. */
  digest?: string | undefined;
}

export interface ImageOutputs extends ImageInputs {
  fingerprint: string;
  type: string;
  architecture: string;
  sizeBytes: number;
  /** When the daemon received the image; distinguishes it from the same content uploaded again by someone else. */
  uploadedAt: string;
  /** What the image says of itself. */
  metadata: ShownMetadata;
}

export type PartialImageInputs = PartialInputs<ImageInputs>;

const alias = z.union([name, strict({ name, description: z.string().optional() })], {
  error: "must be a name, or { name, description }",
});

export const schema = strict({
  source: sourceSchema.optional(),
  aliases: z.array(alias).optional(),
  properties: z.record(z.string(), scalar).optional(),
  public: z.boolean().optional(),
  autoUpdate: z.boolean().optional(),
  expiresAt: instant.optional(),
  profiles: z.array(name).optional(),
  aliasPolicy: z.enum(["fail", "adopt", "move"]).optional(),
  adopt: z.boolean().optional(),
  project: name.optional(),
  remote: remoteSchema,
});

export const policies: KindDefinition<ImageInputs, ImageOutputs>["policies"] = {
  source: ({ source }, news) => (news.fingerprint !== undefined || isSame(source, news.source) ? "ignore" : "replace"),
  fingerprint: fingerprintCost,
  digest: (olds, { digest }) => (olds.digest === undefined || digest === undefined ? "ignore" : "replace"),
  aliases: "update",
  copiedAliases: "ignore",
  properties: "update",
  public: "update",
  // An omitted field is left unchanged.
  autoUpdate: (_olds, { autoUpdate }) => (autoUpdate === undefined ? "ignore" : "update"),
  expiresAt: (_olds, { expiresAt }) => (expiresAt === undefined ? "ignore" : "update"),
  profiles: (_olds, { profiles }) => (profiles === undefined ? "ignore" : "update"),
  aliasPolicy: "ignore",
  adopt: "ignore",
  project: "replace",
};

/** An image that the daemon creates or pulls is replaced only if its source changes. */
function fingerprintCost(olds: ImageOutputs, { source, fingerprint }: ImageInputs): Cost {
  if (fingerprint === undefined) return "ignore";
  const isNotForeknown = source !== undefined && olds.source !== undefined && !isContent(source);
  return isNotForeknown && isSame(olds.source, source) ? "ignore" : "replace";
}

/** Aliases may be plain names; an unknown list is returned unchanged. */
export function namedAliases(aliases: unknown): Alias[] {
  if (!Array.isArray(aliases)) return (aliases ?? []) as Alias[];
  return (aliases as (string | Partial<Alias>)[]).map((each) =>
    typeof each === "string" ? { name: each, description: "" } : { name: unknown, description: "", ...each },
  );
}

export function applyDefaults(inputs: PartialImageInputs): PartialImageInputs {
  return {
    ...inputs,
    aliases: namedAliases(inputs.aliases),
    properties: isUnknown(inputs.properties) ? inputs.properties : toStrings(inputs.properties),
    public: inputs.public ?? false,
    aliasPolicy: inputs.aliasPolicy ?? "fail",
    adopt: inputs.adopt ?? false,
  };
}

export function validate({ aliases, properties, profiles, autoUpdate, source }: PartialImageInputs): Failure[] {
  const names = Array.isArray(aliases) ? aliases.map((each) => each.name) : [];
  const twice = names.filter((each, i) => names.indexOf(each) !== i && !isUnknown(each));
  const reserved = Object.keys(properties ?? {}).filter(isProviderKey);
  const isFollowing = typeof source !== "object" || ("server" in source && source.alias !== undefined);
  return [
    ...(autoUpdate === true && !isFollowing ? [notFollowing] : []),
    ...(autoUpdate === true && isMadeHere(source) ? [notReaching] : []),
    ...twice.map((each) => ({ property: "aliases", reason: `"${each}" is listed twice` })),
    ...(Array.isArray(profiles) ? profiles : []).flatMap((each, i, all) =>
      all.indexOf(each) === i || isUnknown(each)
        ? []
        : [{ property: `profiles[${i}]`, reason: `"${each}" is listed twice` }],
    ),
    ...reserved.map((key) => ({
      property: `properties.${key}`,
      reason: "keys under user.pulumi. are reserved for this provider",
    })),
  ];
}

const notFollowing: Failure = {
  property: "autoUpdate",
  reason: "only an image that was pulled by an alias can follow it; set source.server and source.alias",
};

/** The daemon can update only images that it has pulled itself. */
function isMadeHere(source: PartialImageInputs["source"]): boolean {
  if (typeof source !== "object" || !("server" in source)) return false;
  return source.relay === true || source.private === true;
}

const notReaching: Failure = {
  property: "autoUpdate",
  reason: "the daemon cannot follow an image that is relayed or private; omit autoUpdate, or relay and private",
};

/** Adding the source of an imported image changes nothing. */
export function isSame(olds: ImageSource | undefined, news: ImageSource | undefined): boolean {
  if (olds === undefined || news === undefined) return true;
  return isDeepStrictEqual(plain(identityOf(olds)), plain(identityOf(news)));
}

/** How to handle an existing alias: fail, share it if it points to this image, or move it here. */
export type AliasPolicy = "fail" | "adopt" | "move";
