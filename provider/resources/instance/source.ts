// Sources of an instance, distinguished by their keys, and how two of them are compared.
import * as z from "zod";
import { backupProblem } from "../../content/recognition/problems";
import { type SourceFile } from "../../content/source-file";
import { type Failure } from "../../kind/kind";
import { name, strict, tagged } from "../../kind/schema";
import { hasUnknown } from "../../kind/unknowns";
import { protocolSchema, remoteHint } from "../shared/image-names";
import { partAt, sourceFileSchema, type SourcePart, webFailures } from "../shared/source-file";

export interface ImageSource {
  /** Fingerprint of an image on the same server. */
  image: string;
}

/** An image in the project, by an alias. */
export interface AliasSource {
  alias: string;
  /** Whether a different image under the alias is a change. */
  follow?: boolean | undefined;
}

/** An image server from which the daemon pulls. */
export interface ServerSource {
  server: string;
  protocol: "simplestreams" | "incus" | "lxd";
  alias?: string | undefined;
  fingerprint?: string | undefined;
  certificate?: string | undefined;
}

export interface CopySource {
  instance: string;
  project?: string | undefined;
  /** Excludes the snapshots. */
  instanceOnly?: boolean | undefined;
}

export interface SnapshotSource {
  /** `instance/snapshot`. */
  snapshot: string;
  project?: string | undefined;
}

export interface BackupSource {
  /** In the daemons' export format. */
  backup: SourceFile;
}

/** Sources that resolve to an image. */
export type AnyImageSource = ImageSource | AliasSource | ServerSource;
export type AnyCopySource = CopySource | SnapshotSource;
export type InstanceSource = AnyImageSource | AnyCopySource | BackupSource;

const named =
  "for a name use source: { alias } (an image of this server) or { server, protocol, alias } (one of an image server)";

const fingerprint = z.string().regex(/^[0-9a-f]{64}$/, {
  error: ({ input }) => `must be the 64 hexadecimal digits of an image's fingerprint; ${remoteHint(input) ?? named}`,
});

/** What to write instead of a source that is a plain text. */
function textHint(value: unknown): string | undefined {
  return typeof value === "string" ? (remoteHint(value) ?? named) : undefined;
}

const localAlias = name.refine((text) => remoteHint(text) === undefined, {
  error: ({ input }) => remoteHint(input),
});

export const sourceSchema = tagged<InstanceSource>(
  {
    image: strict({ image: fingerprint }),
    alias: strict({ alias: localAlias, follow: z.boolean().optional() }),
    server: strict({
      server: z.string().regex(/^https?:\/\/[^/]/, { error: "must be a URL that begins with https:// or http://" }),
      protocol: protocolSchema,
      alias: name.optional(),
      fingerprint: fingerprint.optional(),
      certificate: z.string().optional(),
    }),
    instance: strict({ instance: name, project: name.optional(), instanceOnly: z.boolean().optional() }),
    snapshot: strict({
      snapshot: z.string().regex(/^[^/]+\/[^/]+$/, { error: 'must be "instance/snapshot"' }),
      project: name.optional(),
    }),
    backup: strict({ backup: sourceFileSchema }),
  },
  textHint,
);

export function isImage(source: InstanceSource): source is AnyImageSource {
  return "image" in source || "alias" in source || "server" in source;
}

export function isCopy(source: InstanceSource): source is AnyCopySource {
  return "instance" in source || "snapshot" in source;
}

/** Validates a source. */
export function sourceRules(source: InstanceSource | undefined): Failure[] {
  if (source === undefined || typeof source !== "object" || hasUnknown(source)) return [];
  if ("backup" in source) return webFailures([backupPart(source)]);
  if (!("server" in source)) return [];
  const { alias, fingerprint: digits, certificate } = source;
  const failures: Failure[] = [];
  if ((alias === undefined) === (digits === undefined)) {
    failures.push({ property: "source", reason: "set exactly one of alias, fingerprint" });
  }
  if (certificate !== undefined && !certificate.includes("-----BEGIN CERTIFICATE-----")) {
    failures.push({ property: "source.certificate", reason: "must be the text of a PEM certificate, not its path" });
  }
  return failures;
}

export function backupPart({ backup }: BackupSource): SourcePart {
  return partAt("backup", backup, { problemOf: (subject) => backupProblem(subject, "instance") });
}

/** The fingerprint of the source's image, if it is known without a request. */
export function imageOf(source: InstanceSource | undefined, version: string | undefined): string | undefined {
  if (source === undefined || !isImage(source)) return undefined;
  if ("image" in source) return source.image;
  return "server" in source ? source.fingerprint : version;
}

/**
 * The value that identifies an instance's source: only the part that determines the result. For an image by
 * fingerprint, the daemon records the image itself.
 */
export function markOf(source: InstanceSource | undefined, version: string | undefined): string | undefined {
  if (source === undefined || "image" in source) return undefined;
  if ("backup" in source) return JSON.stringify({ backup: version ?? "" });
  if ("alias" in source && !("server" in source)) return JSON.stringify({ alias: source.alias });
  if ("server" in source) {
    const { server, alias, fingerprint: digits } = source;
    return JSON.stringify({ server: server.replace(/\/+$/, ""), alias, fingerprint: digits });
  }
  const { project } = source;
  const from = "instance" in source ? { instance: source.instance } : { snapshot: source.snapshot };
  return JSON.stringify({ ...from, project });
}
