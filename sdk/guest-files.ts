// Files in a guest as programs write them, and as they are sent to the provider.
import * as pulumi from "@pulumi/pulumi";
import type { FileContent } from "./file-entry";
import { toEntry } from "./iso-source";

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

type Files = pulumi.Input<pulumi.Input<GuestFileArgs>[]> | undefined;

export function toGuestFiles(files: Files): pulumi.Input<unknown> {
  if (files === undefined) return undefined;
  return pulumi.output(files).apply((known: unknown) => (Array.isArray(known) ? known.map(toGuestFile) : known));
}

function toGuestFile(file: { path: string; content: unknown }): object {
  const entry = toEntry(file.content);
  if ("folder" in entry)
    throw new pulumi.RunError(`The content of ${file.path} is one file, not an archive of a folder.`);
  return { ...file, content: entry satisfies FileContent };
}
