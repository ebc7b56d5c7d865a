// Metadata that a program writes for an image that comes without, and metadata that an image has.
import * as z from "zod";
import {
  describedProperties,
  type ImageDescription,
  templateTriggers,
} from "../../content/disk-image/image-description";
import { type SourceFile } from "../../content/source-file";
import { type Failure } from "../../kind/kind";
import { instant, name, scalar, selected, strict } from "../../kind/schema";
import { type WireImage } from "../../lxd/api/images";
import { architectureSchema } from "../shared/architecture";
import { sourceFileSchema } from "../shared/source-file";
import { type DiskSource } from "./source-types";

export const descriptionSchema = strict({
  os: name.optional(),
  release: name.optional(),
  variant: name.optional(),
  serial: name.optional(),
  description: name.optional(),
  architecture: architectureSchema.optional(),
  creationDate: instant.optional(),
  expiresAt: instant.optional(),
  requirements: z.record(z.string(), scalar).optional(),
  templates: z
    .record(
      z.string().regex(/^\/./, { error: "must be an absolute path in the instance, such as /etc/hostname" }),
      strict({
        when: z.array(z.enum(templateTriggers)).min(1),
        content: z.string(),
        createOnly: z.boolean().optional(),
      }),
    )
    .optional(),
});

/** A file, or what is written into one. */
export const metadataSchema = selected<SourceFile | ImageDescription>((value) =>
  isFile(value) ? sourceFileSchema : descriptionSchema,
);

function isFile(value: unknown): value is SourceFile {
  return typeof value !== "object" || value === null || "url" in value;
}

export function isDescription(metadata: SourceFile | ImageDescription): metadata is ImageDescription {
  return !isFile(metadata);
}

/** The architecture of a disk may be written in two places. */
export function diskDescription({ architecture, metadata }: DiskSource): ImageDescription {
  return { ...metadata, architecture: architecture ?? metadata?.architecture };
}

export function descriptionFailures({ architecture, metadata }: DiskSource): Failure[] {
  const other = metadata?.architecture;
  if (architecture === undefined || other === undefined || other === architecture) return [];
  const reason = `"${other}" contradicts source.architecture, "${architecture}"; set one of them`;
  return [{ property: "source.metadata.architecture", reason }];
}

/** What an image says of itself, as its server shows it. */
export interface ShownMetadata {
  os?: string | undefined;
  release?: string | undefined;
  variant?: string | undefined;
  serial?: string | undefined;
  description?: string | undefined;
  architecture: string;
  creationDate?: string | undefined;
  requirements: Record<string, string>;
}

const requirement = "requirements.";

export function shownMetadata({ properties, architecture, created_at: creationDate }: WireImage): ShownMetadata {
  const all = Object.entries(properties ?? {});
  const said = all.filter(([key]) => describedProperties.some((each) => each === key));
  const required = all.filter(([key]) => key.startsWith(requirement));
  return {
    ...Object.fromEntries(said),
    architecture,
    creationDate: creationDate === "" ? undefined : creationDate,
    requirements: Object.fromEntries(required.map(([key, value]) => [key.slice(requirement.length), value])),
  };
}
