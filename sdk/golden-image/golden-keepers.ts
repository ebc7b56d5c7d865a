// Reduces the inputs of a golden image to short hashes, one per argument; a different hash makes a new version.
import * as pulumi from "@pulumi/pulumi";
import type * as random from "@pulumi/random";
import { canonicalJson, sha256 } from "../../provider/base/canonical";
import { type VolumeReferenceArgs } from "../instance/instance-devices";
import { type IsoVolume } from "../iso-volume/iso-volume";

/** An `IsoVolume` of this program, or an existing volume: `{ pool, name }`, its ID, `pool/name`, or its bare name. */
export type MediumArgs = pulumi.Input<IsoVolume | string | VolumeReferenceArgs>;

/**
 * Hashes a value, because a machine's configuration can be long. In a unit test, mocks may return no digest of a volume.
 */
export function keeper(value: unknown): pulumi.Output<string> {
  const content: pulumi.Output<unknown> = pulumi.output(value);
  return content.apply((known) => sha256(canonicalJson(known ?? null)).slice(0, 16));
}

/** Returns the version: random, and another one as soon as a keeper changes. */
export function newVersion(
  name: string,
  keepers: Record<string, pulumi.Output<string>>,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  // Only golden images need this package, so other programs do not load it.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { RandomId } = require("@pulumi/random") as typeof random;
  return new RandomId(name, { byteLength: 4, keepers }, opts).hex;
}
