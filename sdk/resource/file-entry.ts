// Converts files to their form for the provider.
import * as pulumi from "@pulumi/pulumi";

/** The content of a file. */
export type FileContent =
  | {
      /** The content as text. */
      text: string;
    }
  | {
      /** The content as bytes, in Base64. */
      base64: string;
    }
  | {
      /** Path of a file on this machine with the content. */
      file: string;
    };

/** A file, or a directory with everything in it. */
export type FileEntry =
  | FileContent
  | {
      /** Path of a directory on this machine. */
      folder: string;
    };

interface FilePlace {
  /** The resource and the argument, for errors. */
  where: string;
  /** Whether a directory is accepted instead of a file. */
  orFolder?: boolean;
}

/**
 * Converts a file as programs write it: a string, bytes, an asset, or in an ISO image also an archive of a directory.
 */
export function toFile(file: unknown, place: FilePlace): pulumi.Output<FileEntry> {
  const output: pulumi.Output<unknown> = pulumi.output(file);
  return output.apply((known) => toEntry(known, place));
}

/** Recognizes assets and bytes by their fields: values in Pulumi outputs lose their class. */
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

/** Matches `{ 0: 72, 1: 105 }`; JavaScript keeps integer keys in numeric order. */
function isBytes(fields: Record<string, unknown>): fields is Record<string, number> {
  return Object.entries(fields).every(([key, value], i) => key === String(i) && typeof value === "number");
}
