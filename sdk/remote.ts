// Selects the LXD or Incus server of a resource, for programs that use more than one.
import * as pulumi from "@pulumi/pulumi";
import { type Only, type OptionalInput } from "./resource/inputs";

/** What specifies the server. */
type RemoteKey = "name" | "socket" | "address";

/** How the server is recognized, how it recognizes the client, and the project there. */
export interface RemoteAccessArgs {
  /** SHA-256 fingerprint of the server's certificate, if no trusted certificate authority has issued it. */
  serverCertificateFingerprint?: OptionalInput<string>;
  /** An additional certificate authority for the server: PEM text, or the path of a PEM file. */
  certificateAuthority?: OptionalInput<string>;
  /**
   * Client certificate: PEM text, or the path of a PEM file. Default: that of the stack's config, otherwise that of the
   * command line client, or the one generated on this machine for a trust token.
   */
  clientCertificate?: OptionalInput<string>;
  /** Private key of the client certificate: PEM text, or the path of a PEM file. A passphrase is not supported. */
  clientKey?: OptionalInput<string>;
  /**
   * A one-time token that makes the server trust the client certificate, as printed by `incus config trust add NAME`.
   * Without a client certificate, one is generated and stored on this machine.
   */
  trustToken?: OptionalInput<string>;
  /**
   * A token sent with each request instead of a client certificate. Requires LXD 6.7, or a token that Incus accepts.
   */
  bearerToken?: OptionalInput<string>;
  /**
   * The project of resources that do not specify one. Default: the project of the remote `name`, otherwise stack config
   * `lxd:project`, otherwise `default`.
   */
  project?: OptionalInput<string>;
}

/** A remote of the command line client; without `name`, the server of the stack's config or the environment. */
export interface RemoteNameArgs extends RemoteAccessArgs, Only<"name", RemoteKey> {
  /**
   * Name of the remote in the command line client `incus` or `lxc`. Addresses, certificates, login and project come
   * from the client's `config.yml`. If both clients have a remote of that name for different servers, use `incus:NAME`
   * or `lxc:NAME`.
   */
  name?: OptionalInput<string>;
}

/** A server on this machine. */
export interface RemoteSocketArgs extends RemoteAccessArgs, Only<"socket", RemoteKey> {
  /** Path of the server's unix socket on this machine. */
  socket: OptionalInput<string>;
}

/** A server that is reached over HTTPS. */
export interface RemoteAddressArgs extends RemoteAccessArgs, Only<"address", RemoteKey> {
  /** URL of the server: `https://HOST:8443`. For a cluster, several URLs separated by commas, tried in this order. */
  address: OptionalInput<string>;
}

/**
 * A server, specified by at most one of `name`, `socket` and `address`. `clientKey`, `trustToken` and `bearerToken` are
 * always secret and encrypted in the state. To keep them out of the state entirely, use a path as `clientKey`, or
 * specify the server by `name`.
 */
export type RemoteArgs = RemoteNameArgs | RemoteSocketArgs | RemoteAddressArgs;

/**
 * A server in any form that resources accept: a `Remote`, the name of a remote of the command line client, or
 * `RemoteArgs`.
 */
export type RemoteInput = Remote | pulumi.Input<string | RemoteArgs | undefined>;

/** In the global symbol registry, so that all copies of the package share it. */
const mark: unique symbol = Symbol.for("pulumi-lxd.Remote");

/**
 * A server that several resources of a program can share. It is not a resource: nothing is created, and its name is not
 * part of any URN.
 *
 * A server is identified by its certificate. Another name, address or credential of the same server updates the state
 * and replaces nothing. Another server forces replacement: the resources are created there and then deleted on the old
 * one.
 *
 * ```ts
 * const build = new lxd.Remote("build"); // a remote of `incus remote list`
 * const bearerToken = config.requireSecret("shop");
 * const shop = new lxd.Remote("shop", { address: "https://shop.example.org:8443", bearerToken });
 * new lxd.Instance("web", { remote: shop, … });
 * ```
 */
export class Remote {
  /** @internal */
  readonly [mark] = true;

  /** The arguments that resources receive. */
  readonly args: RemoteArgs;

  /**
   * Creates a reference to a server. `name` is the name of a remote of the command line client; if `args` specifies the
   * server, `name` is only a label.
   */
  constructor(
    readonly name: string,
    args: RemoteArgs = {},
  ) {
    const given = (["name", "socket", "address"] as const).filter((key) => args[key] !== undefined);
    if (given.length > 1) throw new pulumi.RunError(`remote "${name}": give it one of ${given.join(" and ")}`);
    this.args = given.length === 1 ? args : { ...(args as RemoteNameArgs), name };
  }

  /**
   * For the resource option `transformations` of a component: all resources in the component use this server, unless
   * they specify their own.
   *
   * ```ts
   * new Cluster("web", { transformations: [build.transformation] });
   * ```
   */
  readonly transformation: pulumi.ResourceTransformation = ({ type, props, opts }) => {
    const { remote } = props as { remote?: unknown };
    if (!type.startsWith(dynamicTypes) || remote !== undefined) return undefined;
    return { props: { ...props, remote: withSecrets(this.args) }, opts };
  };

  static [Symbol.hasInstance](value: unknown): value is Remote {
    return typeof value === "object" && value !== null && mark in value;
  }
}

const dynamicTypes = "pulumi-nodejs:dynamic/lxd:";

const secrets = ["clientKey", "trustToken", "bearerToken"] as const;

/** Converts all forms of a server to the one that the provider accepts, and marks credentials as secret. */
export function toRemote(remote: RemoteInput | undefined): pulumi.Input<RemoteArgs> | undefined {
  if (remote === undefined) return undefined;
  if (remote instanceof Remote) return withSecrets(remote.args);
  if (pulumi.Output.isInstance(remote) || remote instanceof Promise) {
    return pulumi.output(remote).apply((known) => pulumi.output(toRemote(known as RemoteInput) as RemoteArgs));
  }
  return typeof remote === "string" ? { name: remote } : withSecrets(remote);
}

function withSecrets(args: RemoteArgs): RemoteArgs {
  const marked = secrets.filter((key) => args[key] !== undefined).map((key) => [key, pulumi.secret(args[key])]);
  return { ...args, ...(Object.fromEntries(marked) as RemoteAccessArgs) };
}
