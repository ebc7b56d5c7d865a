// Which daemon a resource is on, where a program speaks to more than one.
import * as pulumi from "@pulumi/pulumi";

/**
 * A server, by at most one of `name`, `socket` and `address`. `clientKey`, `trustToken` and `bearerToken` are secret
 * whatever they are given as, and encrypted in the state; a path as `clientKey`, or a server that is known by its
 * `name`, leaves nothing of the kind there.
 */
export interface RemoteArgs {
  /**
   * What the command line `incus` or `lxc` calls it: its addresses, certificates, login and project come from its
   * `config.yml`. Where both have that name for different servers: `incus:NAME` or `lxc:NAME`.
   */
  name?: pulumi.Input<string>;
  /** Path of the daemon's unix socket, on this machine. */
  socket?: pulumi.Input<string>;
  /** `https://HOST:8443`; several for the members of a cluster, with commas, tried in this order. */
  address?: pulumi.Input<string>;
  /** SHA-256 of the server's certificate, if no CA vouches for it. */
  serverCertificateFingerprint?: pulumi.Input<string>;
  /** A CA that vouches for the server, beside those of the system: PEM, or the path of a file with it. */
  certificateAuthority?: pulumi.Input<string>;
  /**
   * PEM, or the path of a file with it. Default: that of the stack's config, else that of the command line, or the one that
   * was made here for a trust token.
   */
  clientCertificate?: pulumi.Input<string>;
  /** PEM, or the path of a file with it; without a passphrase. */
  clientKey?: pulumi.Input<string>;
  /**
   * Makes the server trust the client's certificate, once: `incus config trust add NAME` prints one. Without a certificate
   * one is made and kept on this machine.
   */
  trustToken?: pulumi.Input<string>;
  /** Sent with each request in place of a client certificate. Needs LXD 6.7, or a token that Incus takes. */
  bearerToken?: pulumi.Input<string>;
  /** The project of resources that name none. Default: what `name` has, else stack config `lxd:project`, else `default`. */
  project?: pulumi.Input<string>;
}

/** A server in any of the forms that resources take: the name of a remote of the command line is enough. */
export type RemoteInput = Remote | pulumi.Input<string | RemoteArgs>;

/** In the registry of symbols, so that every copy of the package has the same. */
const mark: unique symbol = Symbol.for("pulumi-lxd.Remote");

/**
 * A server that resources of one program can share. It is no resource: nothing is made, and its name is not part of any.
 *
 * Servers are known by their certificate. Another name, address or credential of the same server updates what the state
 * says of it, and replaces nothing; on another server what it had is created again, and then deleted on the old one.
 *
 * ```ts
 * const build = new lxd.Remote("build"); // as `incus remote list` has it
 * const shop = new lxd.Remote("shop", { address: "https://shop.example.org:8443", bearerToken: config.requireSecret("shop") });
 * new lxd.Instance("web", { remote: shop, … });
 * ```
 */
export class Remote {
  /** @internal */
  readonly [mark] = true;

  /** What resources are given. */
  readonly args: RemoteArgs;

  /** `name` is what the command line calls it, unless `args` say where it is; then it is for people only. */
  constructor(
    readonly name: string,
    args: RemoteArgs = {},
  ) {
    const given = (["name", "socket", "address"] as const).filter((key) => args[key] !== undefined);
    if (given.length > 1) throw new pulumi.RunError(`remote "${name}": give it one of ${given.join(" and ")}`);
    this.args = given.length === 1 ? args : { ...args, name };
  }

  static [Symbol.hasInstance](value: unknown): value is Remote {
    return typeof value === "object" && value !== null && mark in value;
  }
}

const secrets = ["clientKey", "trustToken", "bearerToken"] as const;

/** In the one form that the provider takes, with what is secret marked as such. */
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
  return { ...args, ...(Object.fromEntries(marked) as RemoteArgs) };
}
