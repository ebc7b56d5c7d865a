// Argument type for files in a guest, and their form for the provider.
import type * as pulumi from "@pulumi/pulumi";
import { type FileContent, toFile } from "../resource/file-entry";
import { isRecord, liftEach } from "../resource/lift";
import { type OptionalInput } from "../resource/inputs";

/** A file in the guest. */
export interface GuestFileArgs {
  /**
   * Absolute path in the guest. Missing parent directories are created (owned by root, mode 0755). A symbolic link at
   * the path is followed, and its target is written.
   */
  path: pulumi.Input<string>;
  /**
   * The content: a string, bytes, a `FileAsset` or a `StringAsset`. It is compared by hash, so the same bytes from
   * another location are not a change.
   */
  content: pulumi.Input<string | Uint8Array | pulumi.asset.Asset>;
  /** Octal permissions. Default: `"0644"`. */
  mode?: OptionalInput<string>;
  /** Numeric user ID of the owner in the guest. Default: 0 (root). */
  uid?: OptionalInput<number>;
  /** Numeric group ID in the guest. Default: 0. */
  gid?: OptionalInput<number>;
}

/** A file in the guest as an output. */
export interface GuestFile {
  /** Absolute path in the guest. */
  path: string;
  /** Where the content comes from. */
  content: FileContent;
  /** Octal permissions. */
  mode?: string;
  /** Numeric user ID of the owner in the guest. */
  uid?: number;
  /** Numeric group ID in the guest. */
  gid?: number;
  /** `sha256:` and the hash of the content. */
  digest?: string;
}

/** `owner` names the resource in errors. */
export function toGuestFiles(files: unknown, owner: string): unknown {
  return liftEach(files, (file, i) => {
    if (!isRecord(file)) return file;
    return { ...file, content: toFile(file["content"], { where: `${owner}: files[${i}].content` }) };
  });
}
