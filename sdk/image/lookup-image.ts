// Looks for images that exist, on the daemon or on an image server, without making a resource.
import * as pulumi from "@pulumi/pulumi";
import type * as provider from "../../provider/functions";
import { type RemoteInput, toRemote } from "../remote";
import { secretPaths } from "../resource/secret-paths";

/** What to look for, and where; everything that is said must be so. */
export interface LookupImageArgs {
  /** The URL of an image server, as this machine reaches it. Default: the images of the stack's daemon. */
  server?: pulumi.Input<string>;
  /** Required with `server`. `incus` and `lxd` servers speak one protocol. */
  protocol?: pulumi.Input<"simplestreams" | "incus" | "lxd">;
  /** The server's certificate, or its authority's, as PEM text, where this machine would not trust it by itself. */
  certificate?: pulumi.Input<string>;
  /** One of the image's names; of a simplestreams server also with the architecture: `alpine/3.20/amd64`. */
  alias?: pulumi.Input<string>;
  /** At least its first 12 digits. Not together with `alias`. */
  fingerprint?: pulumi.Input<string>;
  /** Properties that the image must have, with exactly these values: `{ os: "debian", release: "bookworm" }`. */
  filter?: pulumi.Input<Record<string, pulumi.Input<string | number | boolean>>>;
  /** Default: either; of an alias that names both, the container. */
  type?: pulumi.Input<"container" | "virtual-machine">;
  /** In the kernel's words, e.g. `x86_64` or `aarch64`. Needed where an alias has images of several. */
  architecture?: pulumi.Input<string>;
  /** Default: stack config `lxd:project`, else `default`; of a server, its `default`. */
  project?: pulumi.Input<string>;
  /** The daemon, if it is not the stack's own. Not together with `server`. */
  remote?: RemoteInput;
}

export interface FoundImage {
  /** 64 hexadecimal digits, e.g. for `source: { image }` of an instance, or `source.fingerprint` of an `Image`. */
  fingerprint: string;
  /** `container` or `virtual-machine`. */
  type: string;
  architecture: string;
  aliases: { name: string; description: string }[];
  /** All of them. */
  properties: Record<string, string>;
  public: boolean;
  sizeBytes: number;
  /** RFC 3339 times; empty where there is none. */
  createdAt: string;
  /** When the daemon got it; empty on a simplestreams server. */
  uploadedAt: string;
  expiresAt: string;
}

export interface LookupOptions {
  /** Resources that must be there before it is looked: while a preview is still to make them, the result is unknown. */
  dependsOn?: pulumi.Input<pulumi.Resource>[] | pulumi.Resource;
}

/**
 * The newest image that matches, on the stack's daemon or on an image server; an error if there is none.
 *
 * It is looked for at each preview and each update, as soon as all arguments are known. On `incus` and `lxd` servers the
 * public images are seen, and all where the server trusts the stack's client certificate. Nothing is pulled or changed.
 *
 * @example
 * const found = lxd.lookupImage({ server: "https://images.example.org", protocol: "simplestreams", alias: "alpine/3.20" });
 * const image = new lxd.Image("alpine", { source: { server, protocol, fingerprint: found.fingerprint } });
 */
export function lookupImage(args: LookupImageArgs, opts: LookupOptions = {}): pulumi.Output<FoundImage> {
  return call(args, opts, (functions, query, get) => functions.lookupImage(query, get));
}

/** All images that match, the newest first; none is no error. See `lookupImage`. */
export function lookupImages(args: LookupImageArgs = {}, opts: LookupOptions = {}): pulumi.Output<FoundImage[]> {
  return call(args, opts, (functions, query, get) => functions.lookupImages(query, get));
}

type Call<T> = (functions: typeof provider, query: Record<string, unknown>, get: provider.GetConfig) => Promise<T>;

function call<T>(args: LookupImageArgs, { dependsOn = [] }: LookupOptions, run: Call<T>): pulumi.Output<T> {
  const config = new pulumi.Config("lxd");
  const get = (key: string): string | undefined => config.get(key.replace(/^lxd:/, ""));
  // A key or a token may be needed to ask; what is found is no secret.
  const { remote, ...query } = args;
  const settled = pulumi.unsecret(pulumi.output({ ...query, remote: toRemote(remote) }));
  return pulumi.all([settled, secretPaths(query), made(dependsOn)]).apply(async ([known, secrets]) => {
    // The one place where a program loads the provider's code, and only if it calls this.
    const functions = await import("../../provider/functions.js");
    try {
      return await run(functions, { ...known, __secrets: secrets }, get);
    } catch (error) {
      // The stack of it tells a user nothing.
      throw new pulumi.RunError((error as Error).message);
    }
  });
}

/** Known when all of the resources are there. */
function made(dependsOn: NonNullable<LookupOptions["dependsOn"]>): pulumi.Output<unknown> {
  const resources = pulumi.Resource.isInstance(dependsOn) ? [dependsOn] : dependsOn;
  const ids = resources.map((each) =>
    pulumi.output(each).apply((resource) => (pulumi.CustomResource.isInstance(resource) ? resource.id : "")),
  );
  return pulumi.all(ids);
}
