// Looks up existing images, on LXD or Incus or on an image server, without creating a resource.
import * as pulumi from "@pulumi/pulumi";
import type * as provider from "../../provider/functions";
import { type ImageAlias } from "./image";
import { type RemoteInput, toRemote } from "../remote";
import { secretPaths } from "../resource/secret-paths";
import { type KeyValues, type OptionalInput, type StringInput } from "../resource/inputs";

/** What to look up and where. An image must match every argument that is specified. */
export interface LookupImageArgs {
  /** URL of an image server, as this machine reaches it. Default: the images of the stack's LXD or Incus server. */
  server?: OptionalInput<string>;
  /** Protocol of `server`; required with it. `incus` and `lxd` are the same protocol. */
  protocol?: StringInput<"simplestreams" | "incus" | "lxd" | undefined>;
  /**
   * The certificate of `server` or its certificate authority as PEM text, if this machine does not trust it otherwise.
   */
  certificate?: OptionalInput<string>;
  /** An alias of the image. On a simplestreams server it may include the architecture: `alpine/3.20/amd64`. */
  alias?: OptionalInput<string>;
  /** The fingerprint, or at least its first 12 digits. Conflicts with `alias`. */
  fingerprint?: OptionalInput<string>;
  /**
   * Properties that the image must have, with exactly these values, for example `{ os: "debian", release: "bookworm"
   * }`.
   */
  filter?: OptionalInput<KeyValues>;
  /**
   * Parts of properties that the image must have, in upper or lower case, for example `{ description: "trixie" }`.
   */
  contains?: OptionalInput<KeyValues>;
  /** Instance type of the image. Default: either; an alias that names both resolves to the container. */
  type?: StringInput<"container" | "virtual-machine" | undefined>;
  /**
   * Architecture as the kernel names it, for example `x86_64` or `aarch64`. Required if an alias names images of
   * several.
   */
  architecture?: OptionalInput<string>;
  /** The project to search. Default: stack config `lxd:project`, otherwise `default`; with `server`, its `default`. */
  project?: OptionalInput<string>;
  /** The LXD or Incus server, if it is not the stack's own. Conflicts with `server`. */
  remote?: RemoteInput | undefined;
}

/** Where a server pulled an image from. */
export interface FoundImageSource {
  /** URL of the image server. */
  server: string;
  /** Protocol of the image server. */
  protocol: string;
  /** The alias on the image server. */
  alias: string;
}

/** An image that a lookup has found. */
export interface FoundImage {
  /** 64 hexadecimal digits, for `source: { image }` of an instance or `source.fingerprint` of an `Image`. */
  fingerprint: string;
  /** `container` or `virtual-machine`. */
  type: string;
  /** Architecture, for example `x86_64`. */
  architecture: string;
  /** All aliases of the image. */
  aliases: ImageAlias[];
  /** All properties of the image. */
  properties: Record<string, string>;
  /** Whether anybody who can reach the server may copy the image. */
  public: boolean;
  /** Size of the image as packed, in bytes. */
  sizeBytes: number;
  /** When the image was built, as an RFC 3339 time; empty if unknown. */
  createdAt: string;
  /** When the image was added to the server, as an RFC 3339 time; empty on a simplestreams server. */
  uploadedAt: string;
  /** When the server may delete the image, as an RFC 3339 time; empty if it does not expire. */
  expiresAt: string;
  /** When an instance was last created from it, as an RFC 3339 time; empty if never, and on a simplestreams server. */
  lastUsedAt: string;
  /** Whether the server pulled it for an instance, and deletes it when it is not used for some days. */
  cached: boolean;
  /** Whether the server replaces it when the alias that it was pulled by moves. */
  autoUpdate: boolean;
  /** Profiles of instances that are created from it without naming their own. */
  profiles: string[];
  /** The image server and alias that it was pulled from; absent for other images. */
  source?: FoundImageSource | undefined;
}

/** Options of a lookup. */
export interface LookupOptions {
  /**
   * Resources that must exist before the lookup. While a preview still has to create one of them, the result is
   * unknown.
   */
  dependsOn?: pulumi.Input<pulumi.Resource>[] | pulumi.Resource;
}

/**
 * Returns the newest image that matches, from the stack's LXD or Incus server or from an image server. It is an error
 * if no image matches.
 *
 * The lookup runs in every preview and update, as soon as all arguments are known. On `incus` and `lxd` servers it
 * finds public images, and all images if the server trusts the stack's client certificate. Nothing is pulled or
 * changed. In unit tests with `pulumi.runtime.setMocks`, `call` is asked for `lxd:index:lookupImage` instead.
 *
 * @example
 * const from = { server: "https://images.example.org", protocol: "simplestreams" } as const;
 * const found = lxd.lookupImage({ ...from, alias: "alpine/3.20" });
 * const image = new lxd.Image("alpine", { source: { ...from, fingerprint: found.fingerprint } });
 */
export function lookupImage(args: LookupImageArgs, opts: LookupOptions = {}): pulumi.Output<FoundImage> {
  const mocked = async (query: Query): Promise<FoundImage> => {
    const image = await askMocks<FoundImage>("lookupImage", query);
    if (image.fingerprint === undefined) throw noMock();
    return image as FoundImage;
  };
  return call(args, opts, { real: (functions, query, get) => functions.lookupImage(query, get), mocked });
}

/** Returns all images that match, newest first; an empty list if there are none. See `lookupImage`. */
export function lookupImages(args: LookupImageArgs = {}, opts: LookupOptions = {}): pulumi.Output<FoundImage[]> {
  const mocked = async (query: Query): Promise<FoundImage[]> =>
    (await askMocks<{ images: FoundImage[] }>("lookupImages", query)).images ?? [];
  return call(args, opts, { real: (functions, query, get) => functions.lookupImages(query, get), mocked });
}

type Query = Record<string, unknown>;

interface Call<T> {
  real: (functions: typeof provider, query: Query, get: provider.GetConfig) => Promise<T>;
  /** In a unit test with Pulumi's mocks, which must not reach the servers of the machine that runs it. */
  mocked: (query: Query) => Promise<T>;
}

/** What the `call` of the mocks returns for a function of this package, as for the functions of other providers. */
function askMocks<T>(name: string, query: Query): Promise<Partial<T>> {
  return pulumi.runtime.invoke(`lxd:index:${name}`, query);
}

function isMocked(): boolean {
  return pulumi.runtime.hasMonitor() && pulumi.runtime.getMonitor()?.constructor.name === "MockMonitor";
}

function noMock(): Error {
  const why = "the mocks of this test return no image for lxd:index:lookupImage";
  return new pulumi.RunError(`${why}; return { fingerprint: "…" } for this token from \`call\``);
}

function call<T>(args: LookupImageArgs, { dependsOn = [] }: LookupOptions, run: Call<T>): pulumi.Output<T> {
  const config = new pulumi.Config("lxd");
  const get = (key: string): string | undefined => config.get(key.replace(/^lxd:/, ""));
  // The request may need a key or a token, but the result is not secret.
  const { remote, ...query } = args;
  const settled = pulumi.unsecret(pulumi.output({ ...query, remote: toRemote(remote) }));
  return pulumi.all([settled, secretPaths(query), made(dependsOn)]).apply(async ([known, secrets]) => {
    if (isMocked()) return run.mocked(known);
    // Loads the provider's code, which programs otherwise never do.
    const functions = await import("../../provider/functions.js");
    try {
      return await run.real(functions, { ...known, __secrets: secrets }, get);
    } catch (error) {
      // Its stack trace is of no use to users.
      throw new pulumi.RunError((error as Error).message);
    }
  });
}

/** Resolves when all of the resources exist. */
function made(dependsOn: NonNullable<LookupOptions["dependsOn"]>): pulumi.Output<unknown> {
  const resources = pulumi.Resource.isInstance(dependsOn) ? [dependsOn] : dependsOn;
  const ids = resources.map((each) =>
    pulumi.output(each).apply((resource) => (pulumi.CustomResource.isInstance(resource) ? resource.id : "")),
  );
  return pulumi.all(ids);
}
