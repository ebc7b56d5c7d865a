// Networks that the server manages.
import * as pulumi from "@pulumi/pulumi";
import { type Scalar } from "./instance/instance-devices";
import { hasType } from "./resource/identity";
import { type CommonArgs, LxdResource, type ServerArgs, typeOf } from "./resource/resource";

/** One family of addresses on a network. */
export interface NetworkAddressesArgs {
  /**
   * The server's own address and the size of the subnet, e.g. `"10.10.10.1/24"`; `"auto"` is a free subnet, which stays
   * the same then; `"none"` is no addresses of this family. Default: `"auto"` for a new bridge.
   */
  address?: pulumi.Input<string>;
  /** Whether the guests' addresses are hidden behind the server's. Default: true where the address is `"auto"`. */
  nat?: pulumi.Input<boolean>;
  /** Whether guests are given addresses. Default: true. */
  dhcp?: pulumi.Input<boolean>;
  /** Which they are given, e.g. `"10.10.10.100-10.10.10.200"`. Default: all of the subnet. */
  dhcpRanges?: pulumi.Input<string>;
}

export interface NetworkArgs extends CommonArgs {
  /** 2 to 15 letters, digits, dots, dashes, underscores. Default: the resource's name. Changing it replaces the network. */
  name?: pulumi.Input<string>;
  /** `bridge` (default), or any other that the server knows: `macvlan`, `sriov`, `physical`, `ovn`. Changing it replaces it. */
  type?: pulumi.Input<string>;
  /** A text for people. Changes in place. Default: empty. */
  description?: pulumi.Input<string>;
  /** Changes in place. */
  ipv4?: pulumi.Input<NetworkAddressesArgs>;
  /** Changes in place. */
  ipv6?: pulumi.Input<NetworkAddressesArgs>;
  /** The domain of the guests' names. Default: the server's, `incus` or `lxd`. Changes in place. */
  dnsDomain?: pulumi.Input<string>;
  /** The host's interface, for the types that have one. */
  parent?: pulumi.Input<string>;
  /** Other keys, in the server's words, e.g. `"bridge.mtu": 1400`. Numbers and booleans are spelled out. Changes in place. */
  config?: pulumi.Input<Record<string, Scalar>>;
  /** In a cluster, the keys that are a member's own, such as `parent`, by member. Read only when the network is made. */
  memberConfig?: pulumi.Input<Record<string, pulumi.Input<Record<string, pulumi.Input<string>>>>>;
}

/**
 * A network that the server manages: `nics: [{ network: network.name }]`. Works with every LXD and Incus; bridges need
 * `dnsmasq` on the server.
 *
 * What the program does not say of addresses is the server's choice, and stays: it is no change.
 *
 * The resource option `import: "project/name"` adopts a network that exists: it is compared with the program, all
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
  declare readonly config: pulumi.Output<Record<string, string>>;
  /** Keys that the server has filled in. */
  declare readonly serverConfig: pulumi.Output<Record<string, string>>;
  /** The server's own address with the size of the subnet; undefined if it has none. */
  declare readonly ipv4Address: pulumi.Output<string | undefined>;
  declare readonly ipv6Address: pulumi.Output<string | undefined>;
  /** False for an interface of the host, which can only be read. */
  declare readonly managed: pulumi.Output<boolean>;
  declare readonly status: pulumi.Output<string>;

  /** Whether a value is one, also where another copy of the package has made it. */
  static override isInstance(value: unknown): value is Network {
    return hasType(value, Network.__pulumiType);
  }

  constructor(name: string, args: NetworkArgs = {}, opts?: pulumi.CustomResourceOptions) {
    const inputs = { name: undefined, project: undefined, type: undefined, description: undefined, config: undefined };
    const addresses = { ipv4Address: undefined, ipv6Address: undefined };
    const outputs = { serverConfig: undefined, managed: undefined, status: undefined, ...addresses };
    super("Network", name, { ...inputs, ...args, ...outputs }, opts);
  }

  /** A network that others own, by its ID `project/name`: read as it is, never changed, never deleted. */
  static get(
    name: string,
    id: pulumi.Input<string>,
    args: ServerArgs = {},
    opts: pulumi.CustomResourceOptions = {},
  ): Network {
    return new Network(name, args, pulumi.mergeOptions(opts, { id }));
  }
}
