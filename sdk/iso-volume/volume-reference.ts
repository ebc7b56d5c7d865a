// Converts references to ISO volumes to their form for the provider.
import { hasType } from "../resource/identity";
import { isRecord, lift, liftEach } from "../resource/lift";
import { typeOf } from "../resource/resource";

/** The relevant fields of an `IsoVolume`. */
type Volume = Record<"pool" | "name" | "project" | "digest", unknown>;

/** Adds the digest of a volume of this program, so that new content under the same name is a change. */
export function toReference(volume: unknown): unknown {
  return lift(volume, (known) => {
    if (!isVolume(known)) return known;
    const { pool, name, digest } = known;
    return { pool, name, digest };
  });
}

/** Like `toReference`, with the project, for the source of a copy. */
export function toOriginal(volume: unknown): unknown {
  return lift(volume, (known) => {
    if (!isVolume(known)) return known;
    const { pool, name, project, digest } = known;
    return { pool, name, project, digest };
  });
}

/** Returns the digest of a volume of this program, whatever its name; for any other volume, the reference. */
export function toContent(volume: unknown): unknown {
  return lift(volume, (known) => (isVolume(known) ? known.digest : known));
}

export function toCdroms(cdroms: unknown): unknown {
  return liftEach(cdroms, (cdrom) =>
    isRecord(cdrom) && "volume" in cdrom ? { ...cdrom, volume: toReference(cdrom["volume"]) } : cdrom,
  );
}

function isVolume(value: unknown): value is Volume {
  return hasType(value, typeOf("IsoVolume"));
}
