// What a golden image's version depends on, as short texts by the names of the arguments: another text, another version.
import * as pulumi from "@pulumi/pulumi";
import { canonicalJson, sha256 } from "../../provider/base/canonical";
import { type VolumeReferenceArgs } from "../instance/instance-devices";
import { type IsoVolume } from "../iso-volume/iso-volume";

/** A volume of this program, or one that is there: `{ pool, name }`, its ID, `pool/name`, or its bare name. */
export type MediumArgs = pulumi.Input<IsoVolume | string | VolumeReferenceArgs>;

/** A hash, since what is in a machine's configuration can be long. */
export function keeper(value: unknown): pulumi.Output<string> {
  const content: pulumi.Output<unknown> = pulumi.output(value);
  return content.apply((known) => sha256(canonicalJson(known)).slice(0, 16));
}
