// The build inside of a golden image, as a resource of its own.
import type * as pulumi from "@pulumi/pulumi";
import { LxdResource } from "./resource";

export class GoldenBuild extends LxdResource {
  declare readonly fingerprint: pulumi.Output<string>;
  declare readonly releasedVersion: pulumi.Output<string>;
  declare readonly inputsHash: pulumi.Output<string>;
  declare readonly sizeBytes: pulumi.Output<number>;
  declare readonly architecture: pulumi.Output<string>;

  constructor(name: string, args: pulumi.Inputs, opts: pulumi.CustomResourceOptions) {
    const outputs = ["fingerprint", "releasedVersion", "inputsHash", "sizeBytes", "architecture"];
    super("GoldenBuild", name, { ...args, ...Object.fromEntries(outputs.map((key) => [key, undefined])) }, opts);
  }
}
