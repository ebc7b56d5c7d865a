// Additional disks of an instance: volumes of the server, or paths on its host.
import * as z from "zod";
import { name, strict, tagged } from "../../../kind/schema";
import { type StringMap } from "../../../lxd/api/instance/instances";
import { type Device, deviceFields, present, withName, type Written } from "./device";
import { busSchema } from "./values";

interface AnyDisk extends Device {
  path?: string | undefined;
  readOnly?: boolean | undefined;
  bus?: string | undefined;
  bootPriority?: number | undefined;
}

export interface VolumeDisk extends AnyDisk {
  volume: string;
  pool: string;
}

export interface HostDisk extends AnyDisk {
  hostPath: string;
}

export type Disk = VolumeDisk | HostDisk;

const disk = {
  ...deviceFields,
  path: name.optional(),
  readOnly: z.boolean().optional(),
  bus: busSchema.optional(),
  bootPriority: z.int().min(0).optional(),
};

export const disksSchema = tagged<Written<Disk>>({
  volume: strict({ ...disk, volume: name, pool: name }),
  hostPath: strict({ ...disk, hostPath: name }),
});

export function diskDefaults(disk: Disk, i: number): Disk {
  return withName(disk, `disk${i}`);
}

export function diskToWire(disk: Disk): StringMap {
  const place = "volume" in disk ? { pool: disk.pool, source: disk.volume } : { source: disk.hostPath };
  return present({
    type: "disk",
    ...place,
    path: disk.path,
    readonly: disk.readOnly,
    "io.bus": disk.bus,
    "boot.priority": disk.bootPriority,
    ...disk.options,
  });
}
