// What a golden image's version depends on, as short texts by the names of the arguments: another text, another version.
import * as pulumi from "@pulumi/pulumi";
import { createHash } from "node:crypto";
import { type VolumeReferenceArgs } from "../instance/instance-devices";
import { type IsoVolume } from "../iso-volume/iso-volume";

/** A volume of this program, or one that is there: `{ pool, name }`, its ID, `pool/name`, or its bare name. */
export type MediumArgs = pulumi.Input<IsoVolume | string | VolumeReferenceArgs>;

/** A hash, since what is in a machine's configuration can be long. */
export function keeper(value: unknown): pulumi.Output<string> {
  const content: pulumi.Output<unknown> = pulumi.output(value);
  return content.apply((known) => {
    const text = JSON.stringify(sorted(known));
    return createHash("sha256").update(text).digest("hex").slice(0, 16);
  });
}

/** Without fields that are undefined, and in one order, however the program writes them. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]));
}
