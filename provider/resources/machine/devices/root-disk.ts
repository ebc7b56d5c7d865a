// The root disk of an instance, which holds its system.
import { parseSize } from "../../../kind/units";
import { name, size, strict } from "../../../kind/schema";
import { type StringMap } from "../../../lxd/api/instance/instances";
import { busSchema } from "./values";

export interface RootDisk {
  pool: string;
  size?: string | undefined;
  bus?: string | undefined;
}

export const rootDiskSchema = strict({ pool: name, size: size.optional(), bus: busSchema.optional() });

/** The name that the daemons' own tools use for the root disk. */
export const rootDeviceName = "root";

/** The options that the typed form supports. */
export const rootOptions = ["type", "path", "pool", "size", "io.bus"];

export function rootToWire({ pool, size, bus }: RootDisk): StringMap {
  return { type: "disk", path: "/", pool, ...(size && { size }), ...(bus && { "io.bus": bus }) };
}

export function rootFromWire({ pool = "", size, "io.bus": bus }: StringMap, written: RootDisk | undefined): RootDisk {
  const isSame = size !== undefined && written?.size !== undefined && parseSize(written.size) === parseSize(size);
  const seenSize = isSame ? written.size : size;
  return { pool, ...(seenSize === undefined ? {} : { size: seenSize }), ...(bus === undefined ? {} : { bus }) };
}
