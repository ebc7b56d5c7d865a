// ISO volumes as programs name them, and as they are sent to the provider.
import { hasType } from "../resource/identity";
import { isRecord, lift, liftEach } from "../resource/lift";
import { typeOf } from "../resource/resource";

/** Of an `IsoVolume`. */
type Volume = Record<"pool" | "name" | "project" | "digest", unknown>;

/** A volume of this program is told by its content, too: other content under the same name is a change. */
export function toReference(volume: unknown): unknown {
  return lift(volume, (known) => {
    if (!isVolume(known)) return known;
    const { pool, name, digest } = known;
    return { pool, name, digest };
  });
}

/** The same with its project, for a volume that is copied. */
export function toOriginal(volume: unknown): unknown {
  return lift(volume, (known) => {
    if (!isVolume(known)) return known;
    const { pool, name, project, digest } = known;
    return { pool, name, project, digest };
  });
}

/** Only what a volume of this program has in it, whatever it is called; of any other the reference. */
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
