// A component for a golden image and the answers of its installer, with few arguments.
import * as pulumi from "@pulumi/pulumi";
import * as lxd from "pulumi-lxd";

export interface ServerImageArgs {
  /** The installer, which several images can share. */
  installer: pulumi.Input<lxd.IsoVolume>;
  /** The storage pool of the media and of the installed machine. */
  pool: pulumi.Input<string>;
  /** The text that the installed system shows. */
  message: pulumi.Input<string>;
  /** Default: `"512MiB"`. */
  memory?: pulumi.Input<lxd.Size>;
}

/** The name of the component is the alias of the image and the hostname of its machines. */
export class ServerImage extends pulumi.ComponentResource {
  /** The fingerprint of the released image. */
  readonly fingerprint: pulumi.Output<string>;
  readonly version: pulumi.Output<string>;

  constructor(name: string, args: ServerImageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("example:index:ServerImage", name, {}, opts);
    const own = { parent: this };
    const { installer, pool, message, memory = "512MiB" } = args;
    // Names of children begin with the name of the component, so that two components in one program do not conflict.
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
