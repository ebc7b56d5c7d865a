// What can be written about an image, what a change of it costs, and what is filled in before the daemon is asked.
import { z } from "zod";
import { type Alias } from "../api/images";
import { type FileContent, fileContent } from "../content/file";
import { reportTo } from "../content/shown";
import { LxdError } from "../errors";
import { type CommonInputs, type Completion, type Draft, type Failure, type ResourceKind } from "../kind";
import { name, scalar, strict, tagged } from "../schema";
import { hasUnknown, isUnknown, unknown } from "../unknowns";
import { projectOf, remoteSchema, spelledOut } from "./common";
import { isBookkeeping } from "./ownership";

/** Where the image comes from; told apart by which key is there. */
export interface ImageSource {
  file: string;
}

export interface ImageInputs extends CommonInputs {
  source: ImageSource;
  aliases: Alias[];
  properties: Record<string, string>;
  public: boolean;
  /** Computed: by which the daemon knows the image. */
  fingerprint: string;
}

export interface ImageOutputs extends ImageInputs {
  type: string;
  architecture: string;
  sizeBytes: number;
  /** When the daemon got it, which tells this image from the same content brought again by somebody else. */
  uploadedAt: string;
}

type ImageDraft = Draft<ImageInputs>;

const alias = z.union([name, strict({ name, description: z.string().optional() })], {
  error: "must be a name, or { name, description }",
});

export const schema = strict({
  source: tagged<ImageSource>({ file: strict({ file: name }) }),
  aliases: z.array(alias).optional(),
  properties: z.record(z.string(), scalar).optional(),
  public: z.boolean().optional(),
  project: name.optional(),
  remote: remoteSchema,
});

export const policies: ResourceKind<ImageInputs, ImageOutputs>["policies"] = {
  source: "ignore",
  fingerprint: "replace",
  aliases: "update",
  properties: "update",
  public: "update",
  project: "replace",
  remote: "ignore",
};

export async function complete(
  completion: Completion<ImageInputs>,
): Promise<{ draft: ImageDraft; failures: Failure[] }> {
  const { draft, config, status } = completion;
  const whole: ImageDraft = {
    ...draft,
    project: projectOf(draft, config),
    aliases: namedAliases(draft.aliases),
    properties: isUnknown(draft.properties) ? draft.properties : spelledOut(draft.properties),
    public: draft.public ?? false,
    fingerprint: unknown,
  };
  if (draft.source === undefined || hasUnknown(draft.source)) return { draft: whole, failures: [] };
  try {
    const content = await contentOf(draft.source, status);
    return { draft: { ...whole, fingerprint: content.digest.slice("sha256:".length) }, failures: [] };
  } catch (error) {
    return { draft: whole, failures: [{ property: "source.file", reason: LxdError.from(error).message }] };
  }
}

export function rules({ aliases, properties }: ImageDraft): Failure[] {
  const names = Array.isArray(aliases) ? aliases.map((each) => each.name) : [];
  const twice = names.filter((each, i) => names.indexOf(each) !== i && !isUnknown(each));
  const reserved = Object.keys(properties ?? {}).filter(isBookkeeping);
  return [
    ...twice.map((each) => ({ property: "aliases", reason: `"${each}" is there twice` })),
    ...reserved.map((key) => ({
      property: `properties.${key}`,
      reason: "keys under user.pulumi. are this provider's own",
    })),
  ];
}

/** The bytes that a source stands for. */
export function contentOf(source: ImageSource, status: (text: string) => void): Promise<FileContent> {
  return fileContent(source.file, reportTo(status, `hashing ${source.file}`));
}

/** Aliases may be written as bare names; an unknown list is passed on as it is. */
function namedAliases(aliases: unknown): Alias[] {
  if (!Array.isArray(aliases)) return (aliases ?? []) as Alias[];
  return (aliases as (string | Partial<Alias>)[]).map((each) =>
    typeof each === "string" ? { name: each, description: "" } : { name: unknown, description: "", ...each },
  );
}
