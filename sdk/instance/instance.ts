// Instances: virtual machines and containers.
import * as pulumi from "@pulumi/pulumi";
import { type CdromArgs, type DiskArgs, type NicArgs, type RootDiskArgs, type Scalar } from "./instance-devices";
import { type BootStepArgs } from "./boot-command";
import { type GuestFileArgs, toGuestFiles } from "./guest-files";
import { type WaitArgs } from "./instance-waits";
import { type InstanceSourceArgs } from "./instance-source";
import { type RemoteInput } from "../remote";
import { hasType } from "../resource/identity";
import { type CommonArgs, LxdResource, typeOf } from "../resource/resource";
import { toCdroms } from "../iso-volume/volume-reference";

/** Data for cloud-init in the guest. New data runs it again at the next boot. Wrap secrets in `pulumi.secret`. */
export interface CloudInitArgs {
  /** Mostly a text that begins with `#cloud-config`. */
  userData?: pulumi.Input<string>;
  vendorData?: pulumi.Input<string>;
  networkConfig?: pulumi.Input<string>;
}

/** Addresses of one network interface that others can reach. */
export interface InterfaceAddresses {
  ipv4: string[];
  ipv6: string[];
}

export interface InstanceArgs extends CommonArgs {
  /**
   * 1 to 63 letters, digits, dashes. Default: the resource's name. Changes in place; the servers rename stopped machines
   * only, so a running one needs `allowRestart`. The resource's ID stays the first name.
   */
  name?: pulumi.Input<string>;
  /** Default: `container`, as on the servers. Changing it replaces the instance. */
  type?: pulumi.Input<"container" | "virtual-machine">;
  /** A text for people. Changes in place. */
  description?: pulumi.Input<string>;
  /**
   * What it is made from. Without a source a virtual machine is blank. Changing it replaces the instance, or rebuilds it
   * (see `onImageChange`); leaving it away later does not.
   */
  source?: pulumi.Input<InstanceSourceArgs>;
  /**
   * What another image as `source` costs: a new instance (`replace`, the default), or a new root disk for the one that is
   * there (`rebuild`), which keeps its config, devices and addresses, and is waited for again. For that it must be off, so
   * a running one needs `allowRestart`. Needs `instances_rebuild`: any Incus, LXD 5.21 or newer. A change of it alone does
   * nothing.
   */
  onImageChange?: pulumi.Input<"replace" | "rebuild">;
  /** e.g. `x86_64` or `aarch64`. Default: the image's, or the server's own. Changing it replaces the instance. */
  architecture?: pulumi.Input<string>;
  /**
   * Whether the server deletes the instance when it stops. Then nothing that needs it off can be done, and the next
   * `pulumi refresh` and `pulumi up` make it again. Changes in place. Default: false.
   */
  ephemeral?: pulumi.Input<boolean>;
  /**
   * The member of the cluster to be on, or `@group` for any of a group. Default: the server's choice. Another member
   * moves the instance: a virtual machine that was started with the config `migration.stateful: true` while it runs; any
   * other must be off, so that a running one needs `allowRestart`. While the member is evacuated, the instance is left
   * where the evacuation has put it.
   */
  target?: pulumi.Input<string>;
  /** Needed unless a profile or `devices` has a root disk. A virtual machine's does not shrink: the preview says so. */
  rootDisk?: pulumi.Input<RootDiskArgs>;
  /** Installation media, for virtual machines. Added, removed and swapped in place, also while the machine runs. */
  cdroms?: pulumi.Input<pulumi.Input<CdromArgs>[]>;
  /** Network cards, beside those of the profiles. Changes in place. */
  nics?: pulumi.Input<pulumi.Input<NicArgs>[]>;
  /** Disks beside the root disk. Changes in place. */
  disks?: pulumi.Input<pulumi.Input<DiskArgs>[]>;
  /** A virtual TPM, for virtual machines; comes and goes only while the machine is off. Default: false. */
  tpm?: pulumi.Input<boolean>;
  /** A drive with the guest agent, which Windows needs. Incus only. Default: false. */
  agentDrive?: pulumi.Input<boolean>;
  /** A drive with the data of `cloudInit`, for guests that get them in no other way. Default: false. */
  cloudInitDrive?: pulumi.Input<boolean>;
  /**
   * What the guest is or will be: decides the bus of media, and on Incus the hardware of a blank machine. A change of it
   * alone does nothing. Default: `linux`.
   */
  os?: pulumi.Input<"linux" | "windows">;
  /**
   * What a virtual machine boots with, in the words of no server in particular: it becomes `security.secureboot` and
   * `security.csm`, or `boot.mode` on LXD 6.7 and newer. `bios` needs `security_csm`. Default: the server's, which is
   * UEFI with secure boot. Changes in place, and works from the next start.
   */
  firmware?: pulumi.Input<"uefi" | "uefi-secureboot" | "bios">;
  /** Data for cloud-init. Changes in place. */
  cloudInit?: pulumi.Input<CloudInitArgs>;
  /**
   * The server's configuration keys, e.g. `"limits.memory": "2GiB"`. Numbers and booleans are spelled out. Changes in
   * place; what a running virtual machine does not take, as more memory where the server has no `memory_hotplug`, needs
   * `allowRestart`.
   */
  config?: pulumi.Input<Record<string, Scalar>>;
  /** Other devices, as the server knows them. */
  devices?: pulumi.Input<Record<string, pulumi.Input<Record<string, Scalar>>>>;
  /** Default: `["default"]`. `[]` is none at all. Changes in place. */
  profiles?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Whether the machine is switched on. Default: true, or false when the last wait is `powered-off`; with true it is started again
   * after that wait. Changes in place.
   */
  running?: pulumi.Input<boolean>;
  /**
   * Whether `running` is held to at each update (`managed`, the default), only when the machine is made (`initial`), or
   * never (`ignored`). A change of it alone does nothing.
   */
  power?: pulumi.Input<"managed" | "initial" | "ignored">;
  /**
   * Whether a running machine may be shut down for a change that it does not take while it runs, and started again.
   * Without it such a change is refused, in the preview where it can be seen. Default: false.
   */
  allowRestart?: pulumi.Input<boolean>;
  /** How long a guest may take to shut down before it is switched off. `"0s"` is at once. Default: `"30s"`. */
  shutdownTimeout?: pulumi.Input<string>;
  /** Whether a running machine is switched off or shut down before it is deleted. Default: `force`. */
  onDelete?: pulumi.Input<"force" | "shutdown">;
  /**
   * What to wait for, in order, when the machine has been made and started; each with its own time limit. After a
   * `powered-off` the machine is started again for what follows. When a limit passes, the machine is kept, and the next
   * `pulumi up` continues to wait. If its firmware, media, boot order or buses have changed by then, or its firmware has found
   * nothing to boot, the machine is switched off and started again first. A change of it alone does nothing.
   */
  waitFor?: pulumi.Input<pulumi.Input<WaitArgs>[]>;
  /**
   * What is typed on the serial console when a new machine starts for the first time, before `waitFor`: for installers
   * that ask for a key or an option. A run that fails or is killed in the middle of it is repaired by the next
   * `pulumi up`, which restarts the machine and types from the beginning. A change of it alone does nothing.
   */
  bootCommand?: pulumi.Input<pulumi.Input<BootStepArgs>[]>;
  /**
   * Files in the guest, written where content, owner or mode differ. Containers have them before they start; virtual
   * machines get them from their agent, after `waitFor`. A file that is removed from the list is deleted, unless somebody
   * has changed it. A refresh shows what has changed in the guest, of files up to 4 MiB also by their content.
   */
  files?: pulumi.Input<pulumi.Input<GuestFileArgs>[]>;
}

/**
 * A virtual machine or a container. Cdroms need the API extension `custom_volume_iso`.
 *
 * The resource option `import: "project/name"` adopts an instance that exists: it is compared with the program, all
 * differences are reported at once, and nothing is changed. It need not say `source`: what it was made from is its own affair.
 */
export class Instance extends LxdResource {
  /** @internal */
  static readonly __pulumiType = typeOf("Instance");

  declare readonly name: pulumi.Output<string>;
  declare readonly type: pulumi.Output<string>;
  declare readonly project: pulumi.Output<string>;
  /** A secret where the instance was read with `.get`: it can have that of others. */
  declare readonly config: pulumi.Output<Record<string, string>>;
  declare readonly devices: pulumi.Output<Record<string, Record<string, string>>>;
  declare readonly profiles: pulumi.Output<string[]>;
  declare readonly running: pulumi.Output<boolean>;
  /** Addresses that others can reach, by interface, as of the last update or refresh; empty while it is off. */
  declare readonly addresses: pulumi.Output<Record<string, InterfaceAddresses>>;
  /** The first of them of each family. */
  declare readonly ipv4: pulumi.Output<string | undefined>;
  declare readonly ipv6: pulumi.Output<string | undefined>;
  /** Hardware addresses of the network cards, by device. */
  declare readonly macs: pulumi.Output<Record<string, string>>;
  /** Fingerprint of the image that it was made from. */
  declare readonly baseImage: pulumi.Output<string | undefined>;
  /** The config with what comes from profiles, without the server's own keys. A secret, as it has that of `cloudInit`. */
  declare readonly expandedConfig: pulumi.Output<Record<string, string>>;
  /** In the server's words, e.g. `Running` or `Stopped`. */
  declare readonly status: pulumi.Output<string>;
  declare readonly architecture: pulumi.Output<string>;
  /** The cluster member that it is on; `none` on a single server. */
  declare readonly location: pulumi.Output<string>;
  /** When the server made it. A move to another storage pool counts as that. */
  declare readonly createdAt: pulumi.Output<string>;
  /** @internal What tells the machine from all others, for resources that are about it. Not shown in previews. */
  declare readonly __identity: pulumi.Output<string>;

  /** Whether a value is one, also where another copy of the package has made it. */
  static override isInstance(value: unknown): value is Instance {
    return hasType(value, Instance.__pulumiType);
  }

  constructor(name: string, args: InstanceArgs, opts?: pulumi.CustomResourceOptions) {
    const inputs = {
      ...Object.fromEntries(defaulted.map((key) => [key, undefined])),
      ...args,
      cdroms: toCdroms(args.cdroms),
      files: toGuestFiles(args.files, `Instance "${name}"`),
    };
    const props = { ...inputs, ...Object.fromEntries(outputs.map((key) => [key, undefined])) };
    super("Instance", name, props, optionsOf(opts));
  }

  /** An instance that others own, by its ID `project/name`: read as it is, never changed, never deleted. */
  static get(
    name: string,
    id: pulumi.Input<string>,
    args: { remote?: RemoteInput } = {},
    opts: pulumi.CustomResourceOptions = {},
  ): Instance {
    // Its config can have secrets of others, such as data for cloud-init.
    return new Instance(name, args, pulumi.mergeOptions(opts, { id, additionalSecretOutputs: ["config"] }));
  }
}

/** Inputs that get a value when they are left away, and so are outputs of every instance. */
const defaulted = ["name", "type", "project", "config", "devices", "profiles", "running", "architecture"];

/** What only the daemon knows. */
const outputs = [
  ...["status", "location", "addresses", "ipv4", "ipv6", "macs", "baseImage", "expandedConfig", "createdAt"],
  "__identity",
];

/** `ignoreChanges` of the source also ignores other bytes or another image behind it. */
function optionsOf(opts: pulumi.CustomResourceOptions = {}): pulumi.CustomResourceOptions {
  const ignored = opts.ignoreChanges ?? [];
  const kept = ignored.includes("source") ? { ignoreChanges: [...ignored, "sourceVersion"] } : {};
  return pulumi.mergeOptions({ ...opts, ...kept }, { additionalSecretOutputs: ["expandedConfig"] });
}
