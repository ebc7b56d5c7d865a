// The `Network` resource: networks that the server manages.
import * as pulumi from "@pulumi/pulumi";
import { hasType } from "./resource/identity";
import { type CommonArgs, LxdResource, type ServerArgs, typeOf } from "./resource/resource";
import { type KeyValues, type OptionalInput } from "./resource/inputs";
import { declared, orUndefined, type Resolved } from "./resource/outputs";

/** IPv4 or IPv6 settings of a network. */
export interface NetworkAddressesArgs {
  /**
   * The server's own address with the prefix length, for example `"10.10.10.1/24"`. `"auto"` chooses a free subnet
   * once; `"none"` disables this address family. Default: `"auto"` for a new bridge.
   */
  address?: OptionalInput<string>;
  /** Translates the guests' addresses to that of the server (NAT). Default: true if the address is `"auto"`. */
  nat?: OptionalInput<boolean>;
  /** Assigns addresses to guests with DHCP. Default: true. */
  dhcp?: OptionalInput<boolean>;
  /** Range of addresses to assign, for example `"10.10.10.100-10.10.10.200"`. Default: the whole subnet. */
  dhcpRanges?: OptionalInput<string>;
}

export interface NetworkArgs extends CommonArgs {
  /**
   * Name of the network: 2 to 15 letters, digits, dots, dashes or underscores. Changing this forces replacement.
   * Default: the resource's name.
   */
  name?: OptionalInput<string>;
  /**
   * Type of the network: `bridge`, `macvlan`, `sriov`, `physical`, `ovn`, or any other that the server supports.
   * Changing this forces replacement. Default: `bridge`.
   */
  type?: OptionalInput<string>;
  /** Free text. Updated in place. Default: empty. */
  description?: OptionalInput<string>;
  /** IPv4 settings. Updated in place. */
  ipv4?: OptionalInput<NetworkAddressesArgs>;
  /** IPv6 settings. Updated in place. */
  ipv6?: OptionalInput<NetworkAddressesArgs>;
  /** DNS domain of the guests. Updated in place. Default: the server's, `incus` or `lxd`. */
  dnsDomain?: OptionalInput<string>;
  /** Name of the interface on the host, for network types that have one. Updated in place. */
  parent?: OptionalInput<string>;
  /**
   * Other configuration keys of the server, for example `"bridge.mtu": 1400`. Numbers and booleans are converted to
   * strings. Updated in place.
   */
  config?: OptionalInput<KeyValues>;
  /**
   * In a cluster, configuration keys that differ between members, such as `parent`, by member. Used only when the
   * network is created; a later change has no effect.
   */
  memberConfig?: OptionalInput<Record<string, pulumi.Input<Record<string, OptionalInput<string>>>>>;
}

/**
 * A network that the server manages: `nics: [{ network: network.name }]`. Supported by all versions of LXD and Incus;
 * bridges require `dnsmasq` on the server.
 *
 * Address settings that the program omits are chosen by the server and stay; they are not differences.
 *
 * The resource option `import: "project/name"` adopts an existing network: it is compared with the program, all
 * differences are reported at once, and nothing is changed.
 *
 * A network that instances or profiles use cannot be deleted; the error names them.
 */
export class Network extends LxdResource {
  /** @internal */
  static readonly __pulumiType = typeOf("Network");

  declare readonly name: pulumi.Output<string>;
  declare readonly project: pulumi.Output<string>;
  declare readonly type: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string>;
  /** IPv4 settings that the program specifies. */
  declare readonly ipv4: pulumi.Output<Resolved<NetworkAddressesArgs> | undefined>;
  /** IPv6 settings that the program specifies. */
  declare readonly ipv6: pulumi.Output<Resolved<NetworkAddressesArgs> | undefined>;
  /** DNS domain of the guests, if the program specifies it. */
  declare readonly dnsDomain: pulumi.Output<string | undefined>;
  /** Name of the interface on the host, if the program specifies it. */
  declare readonly parent: pulumi.Output<string | undefined>;
  declare readonly config: pulumi.Output<Record<string, string>>;
  /** Configuration keys of cluster members, as of the creation of the network. */
  declare readonly memberConfig: pulumi.Output<Record<string, Record<string, string>> | undefined>;
  /** Configuration keys that the server has set. */
  declare readonly serverConfig: pulumi.Output<Record<string, string>>;
  /** The server's own IPv4 address with the prefix length; undefined if it has none. */
  declare readonly ipv4Address: pulumi.Output<string | undefined>;
  /** The server's own IPv6 address with the prefix length; undefined if it has none. */
  declare readonly ipv6Address: pulumi.Output<string | undefined>;
  /** False for an interface of the host that the server does not manage; such a network can only be read. */
  declare readonly managed: pulumi.Output<boolean>;
  /** Status as reported by the server, for example `Created`. */
  declare readonly status: pulumi.Output<string>;

  /** Returns true if the value is a `Network`, even if another copy of this package created it. */
  static override isInstance(value: unknown): value is Network {
    return hasType(value, Network.__pulumiType);
  }

  constructor(name: string, args: NetworkArgs = {}, opts?: pulumi.CustomResourceOptions) {
    const outputs = declared("ipv4Address", "ipv6Address", "serverConfig", "managed", "status");
    super("Network", name, { ...declared(...argumentNames), ...args, ...outputs }, opts);
    this.ipv4Address = orUndefined(this.ipv4Address);
    this.ipv6Address = orUndefined(this.ipv6Address);
  }

  /**
   * Looks up an existing network by its ID `project/name` without managing it: it is read, but never changed or
   * deleted.
   */
  static get(
    name: string,
    id: pulumi.Input<string>,
    args: ServerArgs = {},
    opts: pulumi.CustomResourceOptions = {},
  ): Network {
    return new Network(name, args, pulumi.mergeOptions(opts, { id }));
  }
}

const argumentNames = [
  ...["name", "project", "type", "description", "ipv4", "ipv6", "dnsDomain", "parent", "config", "memberConfig"],
];
