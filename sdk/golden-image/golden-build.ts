// The build inside a golden image, as a resource of its own.
import type * as pulumi from "@pulumi/pulumi";
import { hasType } from "../resource/identity";
import { declared } from "../resource/outputs";
import { LxdResource, typeOf } from "../resource/resource";

export class GoldenBuild extends LxdResource {
  /** @internal */
  static readonly __pulumiType = typeOf("GoldenBuild");

  declare readonly fingerprint: pulumi.Output<string>;
  declare readonly releasedVersion: pulumi.Output<string>;
  declare readonly inputsHash: pulumi.Output<string>;
  declare readonly sizeBytes: pulumi.Output<number>;
  declare readonly architecture: pulumi.Output<string>;

  /** Returns true if the value is a `GoldenBuild`, even if another copy of this package created it. */
  static override isInstance(value: unknown): value is GoldenBuild {
    return hasType(value, GoldenBuild.__pulumiType);
  }

  constructor(name: string, args: pulumi.Inputs, opts: pulumi.CustomResourceOptions) {
    const outputs = declared("fingerprint", "releasedVersion", "inputsHash", "sizeBytes", "architecture");
    super("GoldenBuild", name, { ...declared(...argumentNames), ...args, ...outputs }, opts);
  }

  /** The arguments of the golden image as outputs. */
  get arguments(): Record<string, unknown> {
    return Object.fromEntries(argumentNames.map((key) => [key, this[key as keyof this]]));
  }
}

const argumentNames = [
  ...["project", "remote", "iso", "media", "machine", "bootCommand", "install", "provision", "seal", "verify", "image"],
  ...["publishTo", "keep", "pin", "onFailure"],
];
