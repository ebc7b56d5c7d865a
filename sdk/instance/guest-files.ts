// Files in a guest as programs write them, and as they are sent to the provider.
import type * as pulumi from "@pulumi/pulumi";
import { toFile } from "../resource/file-entry";
import { isRecord, liftEach } from "../resource/lift";

/** A file that is to be in a guest. */
export interface GuestFileArgs {
  /** Absolute. Folders that lead to it are made (root's, 0755). A link there is followed, and what it leads to written. */
  path: pulumi.Input<string>;
  /** Text, bytes, a `FileAsset` or a `StringAsset`. Known by its hash: the same bytes from another place are no change. */
  content: pulumi.Input<string | Uint8Array | pulumi.asset.Asset>;
  /** Octal permissions. Default: `"0644"`. */
  mode?: pulumi.Input<string>;
  /** Numeric owner in the guest. Default: 0, root. */
  uid?: pulumi.Input<number>;
  /** Numeric group in the guest. Default: 0. */
  gid?: pulumi.Input<number>;
}

/** `owner` is the resource, for errors. */
export function toGuestFiles(files: unknown, owner: string): unknown {
  return liftEach(files, (file, i) => {
    if (!isRecord(file)) return file;
    return { ...file, content: toFile(file["content"], { where: `${owner}: files[${i}].content` }) };
  });
}
