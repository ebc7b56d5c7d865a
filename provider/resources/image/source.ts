// Schema and validation of an image's sources, and the part of each that identifies the image.
import * as z from "zod";
import { sha256 } from "../../base/canonical";
import { type ImageDescription } from "../../content/disk-image/image-description";
import { defaultArchitecture, metadataTarball } from "../../content/disk-image/metadata";
import { diskFormats, whyNoFormat } from "../../content/disk-image/formats";
import { isOnWeb, sourcePlace } from "../../content/source-file";
import { redactedText } from "../../content/url/redacted-url";
import { type Failure } from "../../kind/kind";
import { name, strict, tagged } from "../../kind/schema";
import { hasUnknown } from "../../kind/unknowns";
import { protocolSchema, remoteHint } from "../shared/image-names";
import { pinSchema, sourceFileSchema, webFailures } from "../shared/source-file";
import { filesOf, partsOf, unifiedOnWeb } from "./source-parts";
import { descriptionFailures, descriptionSchema, diskDescription, isDescription, metadataSchema } from "./description";
import {
  type ContentSource,
  type ImageSource,
  type InstanceSource,
  type ServerSource,
  type SnapshotSource,
  type UrlSource,
} from "./source-types";
import { architectureSchema } from "../shared/architecture";

const trigger = z.string().optional();
const type = z.enum(["container", "virtual-machine"]).optional();
/** Supported by the daemons; some need a program on the server. */
const packers = ["none", "gzip", "pigz", "bzip2", "lzma", "xz", "zstd", "lz4", "squashfs"];
const published = {
  compression: z
    .string()
    .refine((text) => packers.includes(text.split(" ")[0] ?? ""), {
      error: `must be one of ${packers.join(", ")}, optionally followed by its options, for example "zstd -19"`,
    })
    .optional(),
  format: z.enum(["unified", "split"]).optional(),
  trigger,
};
const fingerprint = z.string().regex(/^[0-9a-f]{64}$/, { error: "must be all 64 hexadecimal digits in lower case" });

/** The location of an image server. */
export const placeSchema = {
  server: z.string().regex(/^https?:\/\/[^/]/, { error: "must be a URL that begins with https:// or http://" }),
  protocol: protocolSchema,
  certificate: name
    .regex(/-----BEGIN CERTIFICATE-----/, { error: "must be the text of a PEM certificate, not its path" })
    .optional(),
  project: name.optional(),
};

export const sourceSchema = tagged<ImageSource>(
  {
    file: strict({ file: sourceFileSchema }),
    metadata: strict({ metadata: metadataSchema, rootfs: sourceFileSchema, type }),
    download: strict({ download: name, ...pinSchema }),
    disk: strict({
      disk: sourceFileSchema,
      format: z.enum(diskFormats, { error: ({ input }) => whyNoFormat(input) }),
      architecture: architectureSchema.optional(),
      metadata: descriptionSchema.optional(),
    }),
    server: strict({
      ...placeSchema,
      alias: name.optional(),
      fingerprint: fingerprint.optional(),
      type,
      copyAliases: z.boolean().optional(),
      relay: z.boolean().optional(),
      private: z.boolean().optional(),
    }),
    url: strict({ url: name }),
    instance: strict({ instance: name, stopRunning: z.boolean().optional(), ...published }),
    snapshot: strict({
      snapshot: z.string().regex(/^[^/]+\/[^/]+$/, { error: 'must be "instance/snapshot"' }),
      ...published,
    }),
  },
  serverHint,
);

/** What to write instead of the name of an image: a plain text, or a source of an instance. */
function serverHint(value: unknown): string | undefined {
  const { image, alias = image }: Record<string, unknown> =
    typeof value === "object" && value !== null ? { ...value } : { alias: value };
  if (typeof alias !== "string") return undefined;
  const usual = `for an image of an image server use source: { server, protocol, alias: ${JSON.stringify(alias)} }`;
  return remoteHint(alias) ?? usual;
}

export function isContent(source: ImageSource): source is ContentSource {
  return "file" in source || "metadata" in source || "download" in source || "disk" in source;
}

/** Whether the fingerprint is known before the image exists. */
export function isForeknown(source: ImageSource, digest: string | undefined): boolean {
  if (!isContent(source)) return false;
  if (unifiedOnWeb(source) !== undefined) return digest === undefined;
  if ("disk" in source && source.format !== "qcow2") return false;
  return !filesOf(source).some(isOnWeb);
}

export function isPublished(source: ImageSource): source is InstanceSource | SnapshotSource {
  return "instance" in source || "snapshot" in source;
}

export function isPulled(source: ImageSource): source is ServerSource | UrlSource {
  return "server" in source || "url" in source;
}

/** Validates a source without reading files or making requests. */
export function sourceFailures(source: ImageSource | undefined): Failure[] {
  if (source === undefined || typeof source !== "object" || hasUnknown(source)) return [];
  if ("server" in source) return serverFailures(source);
  if (!isContent(source)) return [];
  return [...webFailures(partsOf(source)), ...("disk" in source ? descriptionFailures(source) : [])];
}

function serverFailures({ alias, fingerprint: digits, protocol, project, ...source }: ServerSource): Failure[] {
  const failures: Failure[] = [];
  if ((alias === undefined) === (digits === undefined)) {
    failures.push({ property: "source", reason: "set exactly one of alias, fingerprint" });
  }
  if (protocol === "simplestreams" && source.private === true) {
    failures.push({ property: "source.private", reason: "all images of a simplestreams server are public" });
  }
  if (protocol === "simplestreams" && project !== undefined) {
    failures.push({ property: "source.project", reason: "a simplestreams server has no projects" });
  }
  return failures;
}

/** The part of a source that determines the image; a change of it replaces the image. */
export function identityOf(source: ImageSource, digest?: string): object {
  if ("disk" in source) {
    const { format, architecture = defaultArchitecture } = source;
    const metadata = source.metadata && hashOf(diskDescription(source));
    return { format, architecture, digest, metadata };
  }
  const download = isContent(source) ? unifiedOnWeb(source) : undefined;
  if (download !== undefined) {
    const { url, checksum } = download;
    return digest === undefined ? { download: url, checksum } : { digest };
  }
  if ("metadata" in source && filesOf(source).some(isOnWeb)) {
    const metadata = isDescription(source.metadata) ? hashOf(source.metadata) : undefined;
    return { split: source.type ?? "container", digest, metadata };
  }
  if ("server" in source) {
    const { certificate, copyAliases, relay, private: _, ...rest } = source;
    return { ...rest, server: source.server.replace(/\/+$/, "") };
  }
  if ("instance" in source) {
    const { stopRunning, ...rest } = source;
    return rest;
  }
  return source;
}

/** Independent of how the program writes it. */
function hashOf(description: ImageDescription): string {
  return sha256(metadataTarball(description));
}

/** The first of these keys that a source has tells what it is: a disk may have metadata. */
export const sourceTags = ["file", "disk", "metadata", "download", "server", "url", "instance", "snapshot"];

/** The field to name in a message about a source. */
export function fieldOf(source: ImageSource): string {
  return `source.${sourceTags.find((tag) => tag in source) ?? ""}`;
}

/** Describes an image of which only the source is known. */
export function placeOf(source: ImageSource): string {
  if ("server" in source) return `${source.alias ?? ""} from ${redactedText(source.server)}`;
  if ("instance" in source) return `of instance ${source.instance}`;
  if ("snapshot" in source) return `of snapshot ${source.snapshot}`;
  if ("disk" in source) return `of disk ${sourcePlace(source.disk).name}`;
  if ("url" in source) return `from ${redactedText(source.url)}`;
  return "metadata" in source ? `of ${sourcePlace(source.rootfs).name}` : "from a download";
}
