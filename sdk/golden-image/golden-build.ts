// The build inside of a golden image, as a resource of its own.
import type * as pulumi from "@pulumi/pulumi";
import { hasType } from "../resource/identity";
import { LxdResource, typeOf } from "../resource/resource";

export class GoldenBuild extends LxdResource {
  /** @internal */
  static readonly __pulumiType = typeOf("GoldenBuild");

  declare readonly fingerprint: pulumi.Output<string>;
  declare readonly releasedVersion: pulumi.Output<string>;
  declare readonly inputsHash: pulumi.Output<string>;
  declare readonly sizeBytes: pulumi.Output<number>;
  declare readonly architecture: pulumi.Output<string>;

  /** Whether a value is one, also where another copy of the package has made it. */
  static override isInstance(value: unknown): value is GoldenBuild {
    return hasType(value, GoldenBuild.__pulumiType);
  }

  constructor(name: string, args: pulumi.Inputs, opts: pulumi.CustomResourceOptions) {
    const outputs = ["fingerprint", "releasedVersion", "inputsHash", "sizeBytes", "architecture"];
    super("GoldenBuild", name, { ...args, ...Object.fromEntries(outputs.map((key) => [key, undefined])) }, opts);
  }
}
