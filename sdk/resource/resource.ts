// Base class and common arguments of all resources: serialized provider, owning URN, resource options.
import * as pulumi from "@pulumi/pulumi";
import { isInstanceOf } from "./identity";
import { type RemoteArgs, type RemoteInput, toRemote } from "../remote";
import { secretPaths } from "./secret-paths";
import { shortTraces } from "./short-traces";
import { type OptionalInput } from "./inputs";
import { type Resolved } from "./outputs";

/** Resource kinds, by the names of the exports of `pulumi-lxd/provider`. */
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

/** Returns the resource type in URNs and state. */
export function typeOf<Kind extends KindName>(kind: Kind): `pulumi-nodejs:dynamic/lxd:${Kind}` {
  return `pulumi-nodejs:dynamic/lxd:${kind}`;
}

/**
 * A resource served by Pulumi's dynamic-provider server. That server runs the code in `__provider`, which only loads
 * the installed package, so it is the same for every resource of a kind and in every release.
 */
export abstract class LxdResource extends pulumi.CustomResource {
  /** The server that the program selects for this resource. Its credentials are secret. */
  declare readonly remote: pulumi.Output<Resolved<RemoteArgs> | undefined>;

  constructor(kindName: KindName, name: string, props: pulumi.Inputs, opts: pulumi.CustomResourceOptions = {}) {
    const type = typeOf(kindName);
    // Pulumi's own import gives a dynamic provider no data to work with, so the ID is passed to `create` as an input.
    const { import: importId, ...rest } = opts;
    // Pulumi omits names that begin with two underscores from previews and diffs.
    const internal = {
      __provider: serializedProvider(kindName),
      __urn: urnOf(name, type, opts.parent),
      __import: importId,
      // Pulumi matches this option against a detailed diff, which a dynamic provider cannot return.
      __replaceOnChanges: opts.replaceOnChanges,
      // Pulumi does not pass this option to a dynamic provider.
      __timeouts: opts.customTimeouts,
      // Pulumi applies this option from the first update on; an import compares the inputs before.
      __ignoreChanges: importId === undefined ? undefined : opts.ignoreChanges,
    };
    const { remote: given, ...own } = props;
    const remote = toRemote(given as RemoteInput | undefined);
    // The secrets of `remote` are not listed: the provider knows which of its fields are secret.
    const restore = shortTraces();
    try {
      super(type, name, { ...own, remote, ...internal, __secrets: secretPaths(own) }, rest);
    } finally {
      restore();
    }
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return isInstanceOf(this, value);
  }
}

/**
 * Returns the plain value of the URN. The output would also depend on the parent, and whatever depends on a component
 * waits for all of its children: two children of one component would wait for each other.
 */
function urnOf(name: string, type: string, parent: pulumi.Resource | undefined): Promise<string> {
  return pulumi.runtime.serializeProperty("URN", pulumi.createUrn(name, type, parent)) as Promise<string>;
}

/**
 * Returns the arguments of a constructor, or throws if they are missing or not an object, which only untyped programs
 * can cause.
 */
export function requireArgs<Args extends object>(kind: string, name: string, args: Args | undefined): Args {
  if (typeof args === "object" && (args as Args | null) !== null) return args;
  const found = args === undefined ? "but is missing" : `but is ${JSON.stringify(args)}`;
  throw new pulumi.RunError(`${kind} "${name}": the second argument must be an object with the arguments, ${found}`);
}

/** Written to the state of every stack, so it must never change; `test/unit/sdk/shim.golden.json` checks it. */
export function serializedProvider(kindName: KindName): string {
  return `exports.handler=require('pulumi-lxd/provider').${kindName}`;
}

/** Arguments of every resource. */
export interface ServerArgs {
  /**
   * The LXD or Incus server: a `Remote`, the name of a remote of the command line client, or `RemoteArgs`. Another
   * server forces replacement; another way to the same server does not. Default: the server in the stack's config or
   * the environment, otherwise a well-known socket; `npx pulumi-lxd doctor` shows which.
   */
  remote?: RemoteInput | undefined;
}

/** Arguments of every resource that belongs to a project. */
export interface CommonArgs extends ServerArgs {
  /**
   * The project on the server. Changing this forces replacement. Default: that of the resource's own `remote`,
   * otherwise stack config `lxd:project`, otherwise that of the remote in stack config `lxd:remote`, otherwise
   * `default`.
   */
  project?: OptionalInput<string>;
}
