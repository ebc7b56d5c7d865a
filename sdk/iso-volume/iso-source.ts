// The sources of an ISO volume as programs write them, and as they are sent to the provider.
import type * as pulumi from "@pulumi/pulumi";
import { toFile } from "../resource/file-entry";
import { isRecord, lift, liftValues } from "../resource/lift";
import { withSecretUrls } from "../resource/secret-urls";
import { toOriginal } from "./volume-reference";

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
  files: pulumi.Input<Record<string, IsoFile>>;
  /** The volume label, written as it is: up to 32 characters, of which Windows shows 16. */
  label: pulumi.Input<string>;
}

/** `owner` is the resource, for errors. */
export function toSource(source: unknown, owner: string): unknown {
  return lift(source, (known) => {
    if (!isRecord(known)) return known;
    if ("files" in known) return { ...known, files: toFiles(known["files"], owner) };
    return "volume" in known ? { ...known, volume: toOriginal(known["volume"]) } : withSecretUrls(known);
  });
}

function toFiles(files: unknown, owner: string): unknown {
  return liftValues(files, (file, path) =>
    toFile(file, { where: `${owner}: source.files[${JSON.stringify(path)}]`, orFolder: true }),
  );
}
