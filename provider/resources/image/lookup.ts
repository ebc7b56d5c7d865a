// Looks up images on a daemon or image server: by alias, fingerprint, properties, type and architecture.
import * as z from "zod";
import { listImages } from "../../lxd/api/images";
import { type Client } from "../../lxd/client/core/client";
import { type RemoteInputs } from "../../lxd/client/discovery/location";
import { LxdError } from "../../base/errors";
import { imageServer } from "../../image-server/image-server";
import { type ImageServerPlace, type ServedImage } from "../../image-server/types";
import { servedImage } from "../../image-server/lxd-server";
import { type Failure, type StackConfig } from "../../kind/kind";
import { nearest } from "../../base/nearest";
import { name, scalar, strict } from "../../kind/schema";
import { validate } from "../../kind/validate";
import { projectOf, remoteSchema, toStrings } from "../shared/common";
import { placeSchema } from "./source";
import { architectureSchema } from "../shared/architecture";

export const schema = strict({
  ...placeSchema,
  server: placeSchema.server.optional(),
  protocol: placeSchema.protocol.optional(),
  alias: name.optional(),
  fingerprint: z
    .string()
    .regex(/^[0-9a-f]{12,64}$/, { error: "must be 12 to 64 hexadecimal digits in lower case" })
    .optional(),
  filter: z.record(z.string(), scalar).optional(),
  contains: z.record(z.string(), scalar).optional(),
  type: z.enum(["container", "virtual-machine"]).optional(),
  architecture: architectureSchema.optional(),
  remote: remoteSchema,
});
type Query = z.output<typeof schema>;

/** The part of a stack that a lookup needs. */
export interface Stack {
  config: StackConfig;
  connect: (remote: RemoteInputs | undefined) => Client;
}

/** All matches, newest first. */
export async function lookUpImages(given: Record<string, unknown>, stack: Stack): Promise<ServedImage[]> {
  const query = parse(given);
  return matching(await candidates(query, stack), query).map(described);
}

/** The newest match. */
export async function lookUpImage(given: Record<string, unknown>, stack: Stack): Promise<ServedImage> {
  const query = parse(given);
  const all = await candidates(query, stack);
  return described(newest(all, query, placeOf(query)));
}

/** Without what only this provider needs. */
function described(image: ServedImage): ServedImage {
  const { fingerprint, type, architecture, aliases, properties, public: isPublic, ...rest } = image;
  const { sizeBytes, createdAt, uploadedAt, expiresAt, lastUsedAt, cached, autoUpdate, profiles, source } = rest;
  const known = { fingerprint, type, architecture, aliases, properties, public: isPublic };
  const times = { createdAt, uploadedAt, expiresAt, lastUsedAt };
  return { ...known, sizeBytes, ...times, cached, autoUpdate, profiles, ...(source !== undefined && { source }) };
}

/** The newest match; throws if there is none, or if an alias is ambiguous. */
export function newest(all: ServedImage[], query: Criteria, place: string): ServedImage {
  const matches = matching(all, query);
  // The daemons also resolve an alias that exists for both types to the container.
  const containers = query.alias === undefined ? [] : matches.filter(({ type }) => type === "container");
  const found = containers.length > 0 ? containers : matches;
  const [first] = found;
  if (first === undefined) throw missing(all, query, place);
  if (query.alias === undefined || query.architecture !== undefined) return first;
  const architectures = [...new Set(found.map(({ architecture }) => architecture))];
  if (architectures.length === 1) return first;
  const why = `${place} has images of several architectures for ${JSON.stringify(query.alias)}: ${architectures.join(", ")}`;
  throw new LxdError({ code: "invalid-argument", why, advice: "Select one with `architecture`." });
}

function parse(given: Record<string, unknown>): Query {
  const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const { value, failures } = validate(schema, present);
  const all = [...failures, ...(failures.length === 0 ? contradictions(value) : [])];
  if (all.length === 0) return value;
  const why = all.map(({ property, reason }) => `${property}: ${reason}`).join("\n");
  throw new LxdError({ code: "invalid-argument", doing: "look up an image", why });
}

function contradictions({ server, protocol, certificate, remote, alias, fingerprint, project }: Query): Failure[] {
  const rules: [boolean, string, string][] = [
    [server !== undefined && protocol === undefined, "protocol", 'is required: "simplestreams", "incus" or "lxd"'],
    [server === undefined && protocol !== undefined, "protocol", "requires `server`"],
    [server === undefined && certificate !== undefined, "certificate", "requires `server`"],
    [server !== undefined && remote !== undefined, "remote", "names a daemon; set only one of server, remote"],
    [alias !== undefined && fingerprint !== undefined, "alias", "set at most one of alias, fingerprint"],
    [protocol === "simplestreams" && project !== undefined, "project", "a simplestreams server has none"],
  ];
  return rules.filter(([isWrong]) => isWrong).map(([, property, reason]) => ({ property, reason }));
}

async function candidates(query: Query, stack: Stack): Promise<ServedImage[]> {
  const { server, protocol, certificate, project, remote } = query;
  try {
    if (server !== undefined && protocol !== undefined) {
      const place: ImageServerPlace = { server, protocol, certificate, project };
      return await imageServer(place, stack).list();
    }
    return (await listImages(stack.connect(remote), projectOf({ project, remote }, stack.config))).map(servedImage);
  } catch (error) {
    throw LxdError.from(error).during(`look for images on ${placeOf(query)}`);
  }
}

/** The criteria by which an image is selected. */
export type Criteria = Partial<Pick<Query, "alias" | "fingerprint" | "filter" | "contains" | "type" | "architecture">>;

function matching(all: ServedImage[], criteria: Criteria): ServedImage[] {
  const { alias, fingerprint, filter, contains, type, architecture } = criteria;
  const desired = Object.entries(toStrings(filter));
  const parts = Object.entries(toStrings(contains)).map(([key, value]) => [key, value.toLowerCase()] as const);
  const found = all.filter((image) => {
    const isNamed = alias === undefined || image.aliases.some(({ name: each }) => each === alias);
    const isKnown = fingerprint === undefined || image.fingerprint.startsWith(fingerprint);
    const isKind = (type ?? image.type) === image.type && (architecture ?? image.architecture) === image.architecture;
    const { properties } = image;
    const hasParts = parts.every(([key, part]) => properties[key]?.toLowerCase().includes(part) === true);
    return isNamed && isKnown && isKind && hasParts && desired.every(([key, value]) => properties[key] === value);
  });
  const timeOf = ({ createdAt, uploadedAt }: ServedImage): number => Date.parse(createdAt || uploadedAt) || 0;
  const rank = (image: ServedImage): number => (image.type === "container" ? 0 : 1);
  return found.sort((a, b) => timeOf(b) - timeOf(a) || rank(a) - rank(b));
}

function missing(all: ServedImage[], query: Criteria, place: string): LxdError {
  const { alias, fingerprint, filter, contains, type, architecture } = query;
  const desired = { alias, fingerprint, filter, contains, type, architecture };
  const aliases = [...new Set(all.flatMap((image) => image.aliases.map((alias) => alias.name)))].sort();
  const near = desired.alias === undefined ? undefined : nearest(desired.alias, aliases);
  const written = Object.entries(desired).filter(([, value]) => value !== undefined);
  const what = written.map(([key, value]) => `${key} ${JSON.stringify(value)}`).join(", ");
  return new LxdError({
    code: "not-found",
    doing: "look up an image",
    why: `of ${all.length} images, ${place} has none with ${what || "anything"}`,
    advice: near === undefined ? "Use another image, or fewer criteria." : `Did you mean "${near}"?`,
  });
}

function placeOf({ server, project }: Query): string {
  if (server !== undefined) return server;
  return project === undefined ? "the daemon" : `the project ${project} of the daemon`;
}
