// Reduces the inputs of a golden image to short hashes, one per argument; a different hash makes a new version.
import * as pulumi from "@pulumi/pulumi";
import { canonicalJson, sha256 } from "../../provider/base/canonical";
import { type VolumeReferenceArgs } from "../instance/instance-devices";
import { type IsoVolume } from "../iso-volume/iso-volume";

/** An `IsoVolume` of this program, or an existing volume: `{ pool, name }`, its ID, `pool/name`, or its bare name. */
export type MediumArgs = pulumi.Input<IsoVolume | string | VolumeReferenceArgs>;

/** Hashes a value, because a machine's configuration can be long. */
export function keeper(value: unknown): pulumi.Output<string> {
  const content: pulumi.Output<unknown> = pulumi.output(value);
  return content.apply((known) => sha256(canonicalJson(known)).slice(0, 16));
}
