// Argument type for servers that get copies of a golden image.
import type * as pulumi from "@pulumi/pulumi";
import { type ImageAliasArgs } from "../image/image";
import { type RemoteArgs, type RemoteInput, toRemote } from "../remote";
import { type Resolved } from "../resource/outputs";
import { type OptionalInput, type StringInput } from "../resource/inputs";
import { type Duration } from "../resource/units";

/**
 * A server that gets a copy of the released image. It pulls the image from the building server; for a private image,
 * the building server issues a secret that is valid for one copy. The copy is complete before its aliases move, each in
 * a single step. `keep` and `pin` of the golden image apply to the copies too.
 *
 * The preview fails if the server cannot be reached or does not have the project. A copy that fails later is reported
 * after all others have finished, and the next `pulumi up` resumes it.
 */
export interface PublishTargetArgs {
  /** The server, as in other resources. Default: the building server, for a copy in another `project`. */
  remote?: RemoteInput | undefined;
  /** The project on that server. Default: the same as for a resource with this `remote`. */
  project?: OptionalInput<string>;
  /** Aliases of the copy. Default: the aliases of `image`. */
  aliases?: OptionalInput<pulumi.Input<string | ImageAliasArgs>[]>;
  /** Makes the copy public: anybody who can reach the server may copy it. Default: that of `image`. */
  public?: OptionalInput<boolean>;
  /**
   * Where this server reaches the building server, as `https://HOST:8443`. Default: the HTTPS address that this machine
   * uses, then each of the addresses that the building server announces.
   */
  address?: OptionalInput<string>;
  /** The certificate at that address as PEM, if it is not the building server's own. */
  certificate?: OptionalInput<string>;
  /**
   * Transfers the image through the machine that runs Pulumi, for a server that cannot reach the building server.
   * Default: true only if the building server does not listen on any address.
   */
  relay?: OptionalInput<boolean>;
  /** How long the copy may take. Default: `"4h"`. */
  timeout?: StringInput<Duration | undefined>;
}

/** A server that gets copies, as an output. */
export type PublishTarget = Resolved<Omit<PublishTargetArgs, "remote">> & { remote?: Resolved<RemoteArgs> | undefined };

export function toTarget({ remote, ...rest }: PublishTargetArgs): pulumi.Inputs {
  return { ...rest, remote: toRemote(remote) };
}
