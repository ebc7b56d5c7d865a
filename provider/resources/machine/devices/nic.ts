// Network interfaces of an instance: on a managed network, or of a plain NIC type.
import * as z from "zod";
import { name, strict, tagged } from "../../../kind/schema";
import { type StringMap } from "../../../lxd/api/instance/instances";
import { macSchema } from "./values";
import { type Device, deviceFields, present, withName, type Written } from "./device";

interface Card extends Device {
  mac?: string | undefined;
  ipv4Address?: string | undefined;
  ipv6Address?: string | undefined;
  bootPriority?: number | undefined;
}

export interface NetworkNic extends Card {
  /** A managed network of the server. */
  network: string;
}

export interface PlainNic extends Card {
  nictype: string;
  /** The host's interface. */
  parent?: string | undefined;
}

export type Nic = NetworkNic | PlainNic;

const card = {
  ...deviceFields,
  mac: macSchema.optional(),
  ipv4Address: z.string().optional(),
  ipv6Address: z.string().optional(),
  bootPriority: z.int().min(0).optional(),
};

export const nicsSchema = tagged<Written<Nic>>({
  network: strict({ ...card, network: name }),
  nictype: strict({ ...card, nictype: name, parent: name.optional() }),
});

export function nicDefaults(nic: Nic, i: number): Nic {
  return withName(nic, `eth${i}`);
}

export function nicToWire(nic: Nic): StringMap {
  const place = "network" in nic ? { network: nic.network } : { nictype: nic.nictype, parent: nic.parent };
  return present({
    type: "nic",
    ...place,
    hwaddr: nic.mac,
    "ipv4.address": nic.ipv4Address,
    "ipv6.address": nic.ipv6Address,
    "boot.priority": nic.bootPriority,
    ...nic.options,
  });
}
