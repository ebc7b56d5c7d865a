// What can be written about the devices of machines and profiles.
import { z } from "zod";
import { name, scalar, size, strict, tagged } from "../../../kind/schema";
import { type WrittenCdrom } from "./devices";
import { type Disk, type Nic } from "./typed-devices";

export const volumeReference = strict({ pool: name, name, project: name.optional(), digest: z.string().optional() });
export const rootDisk = strict({ pool: name, size: size.optional(), bus: name.optional() });
const drive = {
  bootPriority: z.int().min(0).optional(),
  name: name.optional(),
  afterWaits: z.enum(["keep", "unprioritize", "eject"]).optional(),
  bus: name.optional(),
  attached: z.boolean().optional(),
};
const isoPath = z.string().regex(/^\/.*\.iso$/, {
  error: "must be an absolute path on the server's host that ends with .iso: only such a file is attached as a CD",
});

export const cdrom = tagged<WrittenCdrom>({
  volume: strict({ ...drive, volume: volumeReference }),
  hostPath: strict({ ...drive, hostPath: isoPath }),
});
const device = { name: name.optional(), options: z.record(z.string(), scalar).optional() };
const card = {
  ...device,
  mac: z.string().optional(),
  ipv4Address: z.string().optional(),
  ipv6Address: z.string().optional(),
  bootPriority: z.int().min(0).optional(),
};
const disk = {
  ...device,
  path: name.optional(),
  readOnly: z.boolean().optional(),
  bus: name.optional(),
  bootPriority: z.int().min(0).optional(),
};

/** As users write a device, before its options are spelled out. */
type Written<Kind> = Kind extends unknown
  ? {
      [Key in keyof Kind]: Key extends "options" ? Record<string, string | number | boolean> | undefined : Kind[Key];
    }
  : never;

export const nics = tagged<Written<Nic>>({
  network: strict({ ...card, network: name }),
  nictype: strict({ ...card, nictype: name, parent: name.optional() }),
});

export const disks = tagged<Written<Disk>>({
  volume: strict({ ...disk, volume: name, pool: name }),
  hostPath: strict({ ...disk, hostPath: name }),
});

/** As the daemons have them, by name. */
export const plainDevices = z.record(z.string(), z.record(z.string(), scalar));
