// The `Instance` resource: virtual machines and containers.
import * as pulumi from "@pulumi/pulumi";
import { type BootStepArgs } from "./boot-command";
import { type GuestFile, toGuestFiles } from "./guest-files";
import { type CloudInitArgs, type InstanceArgs } from "./instance-args";
import { type CdromArgs, type DiskArgs, type NicArgs, type RootDiskArgs } from "./instance-devices";
import { type InstanceSourceArgs } from "./instance-source";
import { type WaitArgs } from "./instance-waits";
import { type RemoteInput } from "../remote";
import { hasType } from "../resource/identity";
import { declared, orUndefined, type Resolved } from "../resource/outputs";
import { withSecretUrls } from "../resource/secret-urls";
import { LxdResource, requireArgs, typeOf } from "../resource/resource";
import { toCdroms } from "../iso-volume/volume-reference";

/** Addresses of one network interface that are reachable from outside the guest. */
export interface InterfaceAddresses {
  /** IPv4 addresses, without prefix lengths. */
  ipv4: string[];
  /** IPv6 addresses, without prefix lengths. */
  ipv6: string[];
}

/**
 * A virtual machine or a container. `cdroms` require the API extension `custom_volume_iso` (any Incus, LXD 5.21 or
 * newer).
 *
 * The resource option `import: "project/name"` adopts an existing instance: it is compared with the program, all
 * differences are reported at once, and nothing is changed. `source` may be omitted; it is not compared.
 */
export class Instance extends LxdResource {
  /** @internal */
  static readonly __pulumiType = typeOf("Instance");

  declare readonly name: pulumi.Output<string>;
  declare readonly type: pulumi.Output<string>;
  declare readonly project: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string>;
  /** What the instance was created from: an image by its fingerprint if the program names it so. */
  declare readonly source: pulumi.Output<Resolved<InstanceSourceArgs> | undefined>;
  /** What another image in `source` does. */
  declare readonly onImageChange: pulumi.Output<string | undefined>;
  /** Whether the server deletes the instance when it stops. */
  declare readonly ephemeral: pulumi.Output<boolean | undefined>;
  /** The cluster member or group that the program asks for; see `location` for the member that hosts the instance. */
  declare readonly target: pulumi.Output<string | undefined>;
  /** The root disk, if the program specifies it. */
  declare readonly rootDisk: pulumi.Output<Resolved<RootDiskArgs> | undefined>;
  /** Installation media, with the names of their devices. */
  declare readonly cdroms: pulumi.Output<Resolved<CdromArgs>[] | undefined>;
  /** Network interfaces that the program specifies, with the names of their devices. */
  declare readonly nics: pulumi.Output<Resolved<NicArgs>[] | undefined>;
  /** Disks besides the root disk that the program specifies, with the names of their devices. */
  declare readonly disks: pulumi.Output<Resolved<DiskArgs>[] | undefined>;
  /** Whether the machine has a virtual TPM. */
  declare readonly tpm: pulumi.Output<boolean | undefined>;
  /** Whether the machine has a drive with the guest agent. */
  declare readonly agentDrive: pulumi.Output<boolean | undefined>;
  /** Whether the machine has a drive with the data of `cloudInit`. */
  declare readonly cloudInitDrive: pulumi.Output<boolean | undefined>;
  /** The guest operating system, `linux` or `windows`. */
  declare readonly os: pulumi.Output<string | undefined>;
  /** The firmware, if the program specifies it. */
  declare readonly firmware: pulumi.Output<string | undefined>;
  /** Data for cloud-init. A secret if one of its arguments is. */
  declare readonly cloudInit: pulumi.Output<Resolved<CloudInitArgs> | undefined>;
  /** Configuration keys of the instance. A secret with `Instance.get`, because it may contain secrets of others. */
  declare readonly config: pulumi.Output<Record<string, string>>;
  /** The devices that no other argument describes. */
  declare readonly devices: pulumi.Output<Record<string, Record<string, string>>>;
  declare readonly profiles: pulumi.Output<string[]>;
  declare readonly running: pulumi.Output<boolean>;
  /** When `running` applies. */
  declare readonly power: pulumi.Output<string | undefined>;
  /** Whether changes may restart the instance. */
  declare readonly allowRestart: pulumi.Output<boolean | undefined>;
  /** How long the guest may take to shut down. */
  declare readonly shutdownTimeout: pulumi.Output<string | undefined>;
  /** How the instance is stopped before it is deleted. */
  declare readonly onDelete: pulumi.Output<string | undefined>;
  /** The conditions that a new instance waits for, with their timeouts. */
  declare readonly waitFor: pulumi.Output<Resolved<WaitArgs>[] | undefined>;
  /** What is typed when a new machine starts. A secret if one of its steps is. */
  declare readonly bootCommand: pulumi.Output<Resolved<BootStepArgs>[] | undefined>;
  /** Files in the guest. A secret if one of them is. */
  declare readonly files: pulumi.Output<GuestFile[] | undefined>;
  /**
   * Addresses that are reachable from outside the guest, by network interface, as of the last update or refresh. Empty
   * while the instance is stopped.
   */
  declare readonly addresses: pulumi.Output<Record<string, InterfaceAddresses>>;
  /** The first IPv4 address in `addresses`; undefined if there is none. */
  declare readonly ipv4: pulumi.Output<string | undefined>;
  /** The first IPv6 address in `addresses`; undefined if there is none. */
  declare readonly ipv6: pulumi.Output<string | undefined>;
  /** MAC addresses of the network interfaces, by device name. */
  declare readonly macs: pulumi.Output<Record<string, string>>;
  /** Fingerprint of the image that the instance was created from; undefined for a machine that was created blank. */
  declare readonly baseImage: pulumi.Output<string | undefined>;
  /**
   * The config combined with that of the profiles, without the server's internal keys. A secret, because it contains
   * the data of `cloudInit`.
   */
  declare readonly expandedConfig: pulumi.Output<Record<string, string>>;
  /** Status as reported by the server, for example `Running` or `Stopped`. */
  declare readonly status: pulumi.Output<string>;
  declare readonly architecture: pulumi.Output<string>;
  /** The cluster member that hosts the instance; `none` on a single server. */
  declare readonly location: pulumi.Output<string>;
  /** When the instance was created, as an RFC 3339 time. A move to another storage pool resets it. */
  declare readonly createdAt: pulumi.Output<string>;
  /** @internal Identifies the instance for resources that refer to it. Not shown in previews. */
  declare readonly __identity: pulumi.Output<string>;

  /** Returns true if the value is an `Instance`, even if another copy of this package created it. */
  static override isInstance(value: unknown): value is Instance {
    return hasType(value, Instance.__pulumiType);
  }

  constructor(name: string, args: InstanceArgs, opts?: pulumi.CustomResourceOptions) {
    args = requireArgs("Instance", name, args);
    const inputs = {
      ...declared(...argumentNames),
      ...args,
      source: withSecretUrls(args.source),
      cdroms: toCdroms(args.cdroms),
      files: toGuestFiles(args.files, `Instance "${name}"`),
    };
    const props = { ...inputs, ...declared(...outputs) };
    super("Instance", name, props, optionsOf(opts));
    this.ipv4 = orUndefined(this.ipv4);
    this.ipv6 = orUndefined(this.ipv6);
    this.baseImage = orUndefined(this.baseImage);
  }

  /**
   * Looks up an existing instance by its ID `project/name` without managing it: it is read, but never changed or
   * deleted.
   */
  static get(
    name: string,
    id: pulumi.Input<string>,
    args: { remote?: RemoteInput | undefined } = {},
    opts: pulumi.CustomResourceOptions = {},
  ): Instance {
    // Its config may contain secrets of others, such as data for cloud-init.
    return new Instance(name, args, pulumi.mergeOptions(opts, { id, additionalSecretOutputs: ["config"] }));
  }
}

const argumentNames = [
  ...["name", "project", "type", "description", "source", "onImageChange", "architecture", "ephemeral", "target"],
  ...["rootDisk", "cdroms", "nics", "disks", "tpm", "agentDrive", "cloudInitDrive", "os", "firmware", "cloudInit"],
  ...["config", "devices", "profiles", "running", "power", "allowRestart", "shutdownTimeout", "onDelete", "waitFor"],
  ...["bootCommand", "files"],
];

/** Outputs that only the server determines. */
const outputs = [
  ...["status", "location", "addresses", "ipv4", "ipv6", "macs", "baseImage", "expandedConfig", "createdAt"],
  "__identity",
];

/** With `ignoreChanges: ["source"]`, also ignores changed bytes or another image behind the same source. */
function optionsOf(opts: pulumi.CustomResourceOptions = {}): pulumi.CustomResourceOptions {
  const ignored = opts.ignoreChanges ?? [];
  const kept = ignored.includes("source") ? { ignoreChanges: [...ignored, "sourceVersion"] } : {};
  return pulumi.mergeOptions({ ...opts, ...kept }, { additionalSecretOutputs: ["expandedConfig"] });
}
