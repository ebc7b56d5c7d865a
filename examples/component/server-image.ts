// A golden image with the answers for its installer, as one component that takes few arguments.
import * as pulumi from "@pulumi/pulumi";
import * as lxd from "pulumi-lxd";

export interface ServerImageArgs {
  /** The installer. Several images can share it. */
  installer: pulumi.Input<lxd.IsoVolume>;
  /** The storage pool of the media and of the machine that is installed. */
  pool: pulumi.Input<string>;
  /** What the installed system says of itself. */
  message: pulumi.Input<string>;
  /** Default: `"512MiB"`. */
  memory?: pulumi.Input<string>;
}

/** The image has the component's name as its alias, and as the hostname of its machines. */
export class ServerImage extends pulumi.ComponentResource {
  /** Fingerprint of the released image. */
  readonly fingerprint: pulumi.Output<string>;
  readonly version: pulumi.Output<string>;

  constructor(name: string, args: ServerImageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("example:index:ServerImage", name, {}, opts);
    const own = { parent: this };
    const { installer, pool, message, memory = "512MiB" } = args;
    // Names of children begin with that of the component, so that two components of one program do not clash.
    const answers = new lxd.IsoVolume(
      `${name}-answers`,
      {
        pool,
        source: {
          label: "ANSWERS",
          files: { "answers.txt": pulumi.interpolate`hostname=${name}\nmessage="${message}"\n` },
        },
      },
      own,
    );
    const golden = new lxd.GoldenImage(
      name,
      {
        iso: installer,
        media: [answers],
        machine: { memory, rootDisk: { pool, size: "96MiB" }, firmware: "uefi" },
        install: { until: "powered-off", timeout: "5m", stableFor: "2s" },
        verify: { waitFor: [{ condition: "console", pattern: "^tiny-linux is up" }], timeout: "3m" },
        image: { aliases: [name], properties: { os: "tiny-linux", role: name } },
        keep: 2,
      },
      own,
    );
    this.fingerprint = golden.fingerprint;
    this.version = golden.version;
    this.registerOutputs({ fingerprint: this.fingerprint, version: this.version });
  }
}
