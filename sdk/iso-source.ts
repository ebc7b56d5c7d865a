// The sources of an ISO volume as programs write them, and as they are sent to the provider.
import * as pulumi from "@pulumi/pulumi";
import type { FileEntry } from "./file-entry";
import type { IsoVolume } from "./iso-volume";
import { withSecretUrls } from "./secret-urls";

/**
 * A local file: relative to the program's folder, absolute, or from `~`; symbolic links are followed. It is hashed once
 * per content (remembered in the user's cache folder) and must stay as it is until its last byte is sent.
 */
export interface IsoFileSource {
  file: pulumi.Input<string>;
}

/** What pins a download. */
export interface PinnedArgs {
  /**
   * `sha256:…`, `sha512:…`, or the HTTPS URL or path of a `SHA256SUMS`-style list. A list on disk is read in every preview: a
   * new sum in it is new content. A list on a web server is read when the resource is made and when the source or `trigger`
   * changes, never otherwise: what its publisher changes there changes nothing here by itself.
   */
  checksum: pulumi.Input<string>;
  /** Any text. Another one has the list of a web server read again; new content only if the sum in it is another. */
  trigger?: pulumi.Input<string>;
}

/**
 * A file of a web server, streamed to the daemon through the hash without a copy here. HTTPS, or HTTP with a checksum.
 * Broken transfers are resumed; proxies come from the environment. The server is asked only when the source changes.
 */
export interface IsoUrlSource extends PinnedArgs {
  url: pulumi.Input<string>;
}

/** The same from several servers, tried in this order. */
export interface IsoUrlsSource extends PinnedArgs {
  urls: pulumi.Input<pulumi.Input<string>[]>;
}

/** Text, bytes, a `pulumi.asset` file or text, or an archive of a local folder (`new pulumi.asset.FileArchive(dir)`). */
export type IsoFile = pulumi.Input<string | Uint8Array | pulumi.asset.Asset | pulumi.asset.Archive>;

/**
 * An image made on the fly, with Joliet and Rock Ridge names, byte for byte the same for the same files: answer files,
 * cloud-init's `cidata`, drivers.
 */
export interface IsoFilesSource {
  /** By their paths in the image, e.g. `autounattend.xml` or `drivers/net.inf`. */
  files: Record<string, IsoFile>;
  /** The volume label, written as it is: up to 32 characters, of which Windows shows 16. */
  label: pulumi.Input<string>;
}

/** Another volume of the same server, copied by it without passing through here. */
export interface IsoCopySource {
  volume:
    | IsoVolume
    | pulumi.Input<{
        pool: pulumi.Input<string>;
        name: pulumi.Input<string>;
        /** Default: the new volume's own project. */
        project?: pulumi.Input<string>;
      }>;
}

/** Exactly one of these. */
export type IsoSourceArgs = IsoFileSource | IsoUrlSource | IsoUrlsSource | IsoFilesSource | IsoCopySource;

export function toSource(source: IsoSourceArgs): pulumi.Inputs {
  if ("files" in source) return { ...source, files: mapValues(source.files, toFile) };
  if (!("volume" in source) || !pulumi.CustomResource.isInstance(source.volume)) return withSecretUrls({ ...source });
  const { pool, name, project, digest } = source.volume;
  return { volume: { pool, name, project, digest } };
}

export function toFile(file: IsoFile): pulumi.Output<FileEntry> {
  return pulumi.output(file).apply((known: unknown) => toEntry(known));
}

/** Pulumi's outputs carry plain values: of assets and of bytes only the fields arrive, without their class. */
export function toEntry(known: unknown): FileEntry {
  if (typeof known === "string") return { text: known };
  if (typeof known === "object" && known !== null) {
    const fields = known as Record<string, unknown>;
    const { __pulumiAsset: isAsset, __pulumiArchive: isArchive, text, path } = fields;
    if (isAsset === true && typeof text === "string") return { text };
    if (isAsset === true && typeof path === "string") return { file: path };
    if (isArchive === true && typeof path === "string") return { folder: path };
    if (isBytes(fields)) return { base64: Buffer.from(Object.values(fields)).toString("base64") };
  }
  const kinds = "text, bytes, a FileAsset or a StringAsset; in an ISO image also a FileArchive of a folder";
  throw new pulumi.RunError(`A file is ${kinds}.`);
}

/** `{ 0: 72, 1: 105 }`, whose keys JavaScript keeps in the order of numbers. */
function isBytes(fields: Record<string, unknown>): fields is Record<string, number> {
  return Object.entries(fields).every(([key, value], i) => key === String(i) && typeof value === "number");
}

function mapValues<T, U>(map: Record<string, T>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}
