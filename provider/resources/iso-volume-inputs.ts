// What can be written about an ISO volume, what a change of it costs, and what is filled in before the daemon is asked.
import { z } from "zod";
import { type FileContent, fileContent } from "../content/file";
import { isOptical } from "../content/optical";
import { reportTo } from "../content/shown";
import { LxdError } from "../errors";
import { type CommonInputs, type Completion, type Draft, type Failure, type ResourceKind } from "../kind";
import { name, strict, tagged, volumeName } from "../schema";
import { hasUnknown, unknown } from "../unknowns";
import { projectOf, remoteSchema } from "./common";
import { logicalName } from "./ownership";

/** Where the bytes come from; told apart by which key is there. */
export interface IsoSource {
  file: string;
}

export interface IsoVolumeInputs extends CommonInputs {
  pool: string;
  name: string;
  description: string;
  source: IsoSource;
  allowAnyContent: boolean;
  /** Computed: the content's identity. */
  digest: string;
}

export interface IsoVolumeOutputs extends IsoVolumeInputs {
  sizeBytes: number;
  contentType: string;
  location: string;
  createdAt: string;
}

export const schema = strict({
  pool: name,
  name: volumeName.optional(),
  project: name.optional(),
  remote: remoteSchema,
  description: z.string().optional(),
  source: tagged<IsoSource>({ file: strict({ file: name }) }),
  allowAnyContent: z.boolean().optional(),
});

export const policies: ResourceKind<IsoVolumeInputs, IsoVolumeOutputs>["policies"] = {
  pool: "replace",
  name: "replace",
  project: "replace",
  remote: "ignore",
  description: "update",
  source: "ignore",
  allowAnyContent: "ignore",
  digest: "replace",
};

type IsoDraft = Draft<IsoVolumeInputs>;

export async function complete(
  completion: Completion<IsoVolumeInputs>,
): Promise<{ draft: IsoDraft; failures: Failure[] }> {
  const { draft, olds, config } = completion;
  const { digest, failures } = await identify(completion);
  const whole: IsoDraft = {
    ...draft,
    project: projectOf(draft, config),
    description: draft.description ?? "",
    allowAnyContent: draft.allowAnyContent ?? false,
    digest,
  };
  whole.name = draft.name ?? automaticName({ ...completion, draft: whole, olds });
  return { draft: whole, failures };
}

/** The bytes that a source stands for. */
export function contentOf(source: IsoSource, status: (text: string) => void): Promise<FileContent> {
  return fileContent(source.file, reportTo(status, `hashing ${source.file}`));
}

async function identify(completion: Completion<IsoVolumeInputs>): Promise<{ digest: string; failures: Failure[] }> {
  const { draft, olds, status } = completion;
  if (draft.source === undefined || hasUnknown(draft.source)) return { digest: unknown, failures: [] };
  try {
    const content = await contentOf(draft.source, status);
    const isNew = olds?.digest !== content.digest;
    const failures = isNew && draft.allowAnyContent !== true ? await requireOptical(content) : [];
    return { digest: content.digest, failures };
  } catch (error) {
    return { digest: unknown, failures: [{ property: "source.file", reason: LxdError.from(error).message }] };
  }
}

async function requireOptical(content: FileContent): Promise<Failure[]> {
  if (await isOptical(content.path)) return [];
  const reason = `${content.path} is no ISO 9660 or UDF image [invalid-argument]\nName an ISO image, or set allowAnyContent: true if it must be these bytes.`;
  return [{ property: "source.file", reason }];
}

/**
 * `<logical name>-<8 digits of the hash>`: content that changes gets a volume of its own beside the old one. A volume
 * that has such a name keeps it, whatever the resource is called now.
 */
function automaticName({ draft, olds, replaced, urn }: Completion<IsoVolumeInputs>): string {
  const { digest } = draft;
  if (digest === undefined || hasUnknown(digest)) return unknown;
  const suffix = digest.slice(digest.indexOf(":") + 1).slice(0, 8);
  const samePlace = (other: IsoDraft): boolean => other.pool === draft.pool && other.project === draft.project;
  if (olds?.name !== undefined && olds.digest === digest && samePlace(olds) && isAutomatic(olds.name, suffix)) {
    return olds.name;
  }
  const base = logicalName(urn)
    .replaceAll(/[^A-Za-z0-9._-]+/g, "-")
    .replaceAll(/^[^A-Za-z0-9]+/g, "")
    .slice(0, 50);
  const fresh = `${base === "" ? "iso" : base}-${suffix}`;
  // Replaced although the content is the same (`pulumi up --replace`): the old one still has the name.
  return replaced?.name === fresh && samePlace(replaced) ? `${fresh}-2` : fresh;
}

export function isAutomatic(name: string, suffix: string): boolean {
  return name.endsWith(`-${suffix}`) || name.endsWith(`-${suffix}-2`);
}
