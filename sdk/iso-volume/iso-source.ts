// Argument types for the source of an ISO volume, and their form for the provider.
import type * as pulumi from "@pulumi/pulumi";
import { toFile } from "../resource/file-entry";
import { isRecord, lift, liftValues } from "../resource/lift";
import { withSecretUrls } from "../resource/secret-urls";
import { toOriginal } from "./volume-reference";
import { type Only } from "../resource/inputs";
import { type PinnedArgs } from "../resource/web-file";

/** The fields of all sources. */
export type IsoSourceKey = "file" | "url" | "urls" | "checksum" | "trigger" | "files" | "label" | "volume";

/**
 * A file on this machine. Each content is hashed once (the hash is cached in the user's cache directory). The file must
 * not change until its last byte has been sent.
 */
export interface IsoFileSource extends Only<"file", IsoSourceKey> {
  /**
   * Path of the file: relative to the program's directory, absolute, or starting with `~`. Symbolic links are followed.
   */
  file: pulumi.Input<string>;
}

/**
 * A file on a web server, streamed to LXD or Incus without a local copy and verified on the way. Interrupted transfers
 * resume. Proxies are configured through the environment. The web server is contacted only when the source changes; the
 * preview then requests the first 256 KiB, to report a missing file or a login page before anything is created.
 */
export interface IsoUrlSource extends PinnedArgs, Only<"url" | "checksum" | "trigger", IsoSourceKey> {
  /** URL of the file: HTTPS or HTTP. */
  url: pulumi.Input<string>;
}

/** A file that several web servers offer. */
export interface IsoUrlsSource extends PinnedArgs, Only<"urls" | "checksum" | "trigger", IsoSourceKey> {
  /** URLs of the file, tried in this order. */
  urls: pulumi.Input<pulumi.Input<string>[]>;
}

/**
 * A string, bytes, a `FileAsset` or `StringAsset`, or an archive of a local directory (`new
 * pulumi.asset.FileArchive(dir)`).
 */
export type IsoFile = pulumi.Input<string | Uint8Array | pulumi.asset.Asset | pulumi.asset.Archive>;

/**
 * An ISO image that the provider generates, with Joliet and Rock Ridge names, for answer files, cloud-init's `cidata`
 * or drivers. The same files always produce the same bytes.
 */
export interface IsoFilesSource extends Only<"files" | "label", IsoSourceKey> {
  /** Files by their paths in the image, for example `autounattend.xml` or `drivers/net.inf`. */
  files: pulumi.Input<Record<string, IsoFile>>;
  /** The volume label, written unchanged: up to 32 characters, of which Windows shows 16. */
  label: pulumi.Input<string>;
}

/** `owner` names the resource in errors. */
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
