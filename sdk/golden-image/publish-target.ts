// Servers that get copies of a golden image, as programs write them.
import type * as pulumi from "@pulumi/pulumi";
import { type ImageAliasArgs } from "../image/image";
import { type RemoteInput, toRemote } from "../remote";

/**
 * A server that gets a copy of the released image: it pulls the image from the server that builds, which gives out a secret
 * that is good for one copy while the image is private. The copy is there before its aliases move, each in one step;
 * `keep` and `pin` hold there as well.
 *
 * A server that cannot be reached, or has no such project, fails the preview. One that fails later is reported when all others
 * are done, and the next `pulumi up` resumes there.
 */
export interface PublishTargetArgs {
  /** As of a resource. Default: the server that builds, for a copy in another `project` of it. */
  remote?: RemoteInput;
  /** The project there. Default: as of a resource with this remote. */
  project?: pulumi.Input<string>;
  /** Default: those of `image`. */
  aliases?: pulumi.Input<pulumi.Input<string | ImageAliasArgs>[]>;
  /** Default: that of `image`. */
  public?: pulumi.Input<boolean>;
  /**
   * Where this server finds the one that builds, as `https://HOST:8443`. Default: where it was found from here over HTTPS,
   * then each of the addresses that it says itself.
   */
  address?: pulumi.Input<string>;
  /** The certificate at that address, as PEM, where it is not that of the building server itself. */
  certificate?: pulumi.Input<string>;
  /**
   * Sends the image through the machine that Pulumi runs on, for a server that cannot reach the one that builds.
   * Default: only if the building server listens on no address at all.
   */
  relay?: pulumi.Input<boolean>;
  /** How long copying may take. Default: `"4h"`. */
  timeout?: pulumi.Input<string>;
}

export function toTarget({ remote, ...rest }: PublishTargetArgs): pulumi.Inputs {
  return { ...rest, remote: toRemote(remote) };
}
