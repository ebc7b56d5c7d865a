// What all resource classes share: the serialized provider, the URN that owns what is made, and the options.
import * as pulumi from "@pulumi/pulumi";

/** Nouns, by the names of the exports of `pulumi-lxd/provider`. */
export type Noun = "IsoVolume" | "Image" | "Instance";

/**
 * A resource that is served by Pulumi's dynamic-provider server. The server runs the text in `__provider`, which only
 * loads the installed package: it is the same for every resource of a noun, and stays the same over releases.
 */
export abstract class LxdResource extends pulumi.CustomResource {
  constructor(noun: Noun, name: string, props: pulumi.Inputs, opts: pulumi.CustomResourceOptions = {}) {
    const type = `pulumi-nodejs:dynamic/lxd:${noun}`;
    // Pulumi's own import gives a dynamic provider nothing to work with, so it becomes an input that `create` obeys.
    const { import: importId, ...rest } = opts;
    // Names that begin with two underscores are left out of previews and diffs.
    const bookkeeping = {
      __provider: serializedProvider(noun),
      __urn: pulumi.createUrn(name, type, opts.parent),
      __import: importId,
      // Pulumi matches this option with details of a diff that a dynamic provider cannot give.
      __replaceOnChanges: opts.replaceOnChanges,
    };
    super(type, name, { ...props, ...bookkeeping }, rest);
  }
}

/** Written into every stack's state, so it is a contract for ever; `test/unit/shim.golden.json` guards it. */
export function serializedProvider(noun: Noun): string {
  return `exports.handler=require('pulumi-lxd/provider').${noun}`;
}

/** Which daemon a resource is on, if not the stack's own. */
export interface RemoteArgs {
  /** Path of the daemon's unix socket, on this machine. */
  socket?: pulumi.Input<string>;
  /** `https://HOST:8443` of a server. The client's certificate and key come from the stack's config, never from here. */
  address?: pulumi.Input<string>;
  /** SHA-256 of the server's certificate, if no CA vouches for it. */
  serverCertificateFingerprint?: pulumi.Input<string>;
}

/** Arguments that every resource takes. */
export interface CommonArgs {
  /** The project on the server. Default: stack config `lxd:project`, else `default`. Changing it replaces the resource. */
  project?: pulumi.Input<string>;
  /** The daemon. Default: stack config `lxd:socket`, else what the environment says, else a well-known socket. */
  remote?: pulumi.Input<RemoteArgs>;
}
