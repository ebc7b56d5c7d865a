// Files as they are sent to the provider: what their content is made of.
import * as pulumi from "@pulumi/pulumi";

/** One file. */
export type FileContent = { text: string } | { base64: string } | { file: string };

/** One file, or a folder with all that is in it. */
export type FileEntry = FileContent | { folder: string };

interface FilePlace {
  /** The resource and the key, for errors. */
  where: string;
  /** Whether a folder may take the place of a file. */
  orFolder?: boolean;
}

/** What programs write as a file: text, bytes, an asset, in an image also an archive of a folder. */
export function toFile(file: unknown, place: FilePlace): pulumi.Output<FileEntry> {
  const output: pulumi.Output<unknown> = pulumi.output(file);
  return output.apply((known) => toEntry(known, place));
}

/** Pulumi's outputs carry plain values: of assets and of bytes only the fields arrive, without their class. */
export function toEntry(known: unknown, { where, orFolder = false }: FilePlace): FileEntry {
  if (typeof known === "string") return { text: known };
  if (typeof known === "object" && known !== null) {
    const fields = known as Record<string, unknown>;
    const { __pulumiAsset: isAsset, __pulumiArchive: isArchive, text, path } = fields;
    if (isAsset === true && typeof text === "string") return { text };
    if (isAsset === true && typeof path === "string") return { file: path };
    if (isArchive === true && typeof path === "string" && orFolder) return { folder: path };
    if (isBytes(fields)) return { base64: Buffer.from(Object.values(fields)).toString("base64") };
  }
  const folder = orFolder ? ", or a FileArchive of a folder" : "";
  throw new pulumi.RunError(`${where} is not a file: write text, bytes, a FileAsset or a StringAsset${folder}.`);
}

/** `{ 0: 72, 1: 105 }`, whose keys JavaScript keeps in the order of numbers. */
function isBytes(fields: Record<string, unknown>): fields is Record<string, number> {
  return Object.entries(fields).every(([key, value], i) => key === String(i) && typeof value === "number");
}
