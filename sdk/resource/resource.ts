// What all resource classes share: the serialized provider, the URN that owns what is made, and the options.
import * as pulumi from "@pulumi/pulumi";
import { isInstanceOf } from "./identity";
import { type RemoteInput, toRemote } from "../remote";
import { secretPaths } from "./secret-paths";

/** Nouns, by the names of the exports of `pulumi-lxd/provider`. */
export type KindName =
  | "IsoVolume"
  | "GoldenBuild"
  | "Image"
  | "Instance"
  | "Network"
  | "Profile"
  | "Project"
  | "StoragePool"
  | "StorageVolume"
  | "Exec"
  | "InstanceSnapshot";

/** The type in URNs and states. */
export function typeOf<Kind extends KindName>(kind: Kind): `pulumi-nodejs:dynamic/lxd:${Kind}` {
  return `pulumi-nodejs:dynamic/lxd:${kind}`;
}

/**
 * A resource that is served by Pulumi's dynamic-provider server. The server runs the text in `__provider`, which only
 * loads the installed package: it is the same for every resource of a kind, and stays the same over releases.
 */
export abstract class LxdResource extends pulumi.CustomResource {
  constructor(kindName: KindName, name: string, props: pulumi.Inputs, opts: pulumi.CustomResourceOptions = {}) {
    const type = typeOf(kindName);
    // Pulumi's own import gives a dynamic provider nothing to work with, so it becomes an input that `create` obeys.
    const { import: importId, ...rest } = opts;
    // Names that begin with two underscores are left out of previews and diffs.
    const internal = {
      __provider: serializedProvider(kindName),
      __urn: urnOf(name, type, opts.parent),
      __import: importId,
      // Pulumi matches this option with details of a diff that a dynamic provider cannot give.
      __replaceOnChanges: opts.replaceOnChanges,
    };
    const { remote: given, ...own } = props;
    const remote = toRemote(given as RemoteInput | undefined);
    // The provider knows by itself what of a server is secret.
    super(type, name, { ...own, remote, ...internal, __secrets: secretPaths(own) }, rest);
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return isInstanceOf(this, value);
  }
}

/**
 * The value of the URN, not the output with it: that depends on the parent, and whoever depends on a component waits for
 * all of its children. Two children of one component would wait for each other.
 */
function urnOf(name: string, type: string, parent: pulumi.Resource | undefined): Promise<string> {
  return pulumi.runtime.serializeProperty("URN", pulumi.createUrn(name, type, parent)) as Promise<string>;
}

/** Written into every stack's state, so it is a contract for ever; `test/unit/sdk/shim.golden.json` guards it. */
export function serializedProvider(kindName: KindName): string {
  return `exports.handler=require('pulumi-lxd/provider').${kindName}`;
}

/** Arguments that every resource takes. */
export interface ServerArgs {
  /**
   * The daemon: a `Remote`, the name of a remote of the command line, or where it is. Default: what the stack's config
   * or the environment says, else a well-known socket: `npx pulumi-lxd doctor` shows which. Another server replaces the
   * resource; another way to the same server does not.
   */
  remote?: RemoteInput;
}

/** Arguments of everything that is kept in a project. */
export interface CommonArgs extends ServerArgs {
  /**
   * The project on the server. Default: that of the resource's own `remote`, else stack config `lxd:project`, else that
   * of the remote that stack config `lxd:remote` names, else `default`. Changing it replaces the resource.
   */
  project?: pulumi.Input<string>;
}
