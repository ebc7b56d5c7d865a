// What all typed devices share: a name, options of the server's plain device, and what a machine's devices depend on.
import { z } from "zod";
import { name, scalar } from "../../../kind/schema";
import { isUnknown } from "../../../kind/unknowns";
import { type StringMap } from "../../../lxd/api/instance/instances";
import { toStrings } from "../../shared/common";

export interface Device {
  /** The device's name; by kind and position unless specified. */
  name?: string | undefined;
  /** Options that have no field of their own. */
  options?: StringMap | undefined;
}

export const deviceFields = { name: name.optional(), options: z.record(z.string(), scalar).optional() };

/** As users write a device, before its options are strings. */
export type Written<Kind> = Kind extends unknown
  ? {
      [Key in keyof Kind]: Key extends "options" ? Record<string, string | number | boolean> | undefined : Kind[Key];
    }
  : never;

/** Whether installation media are still needed, or the waits for the end of the installation are over. */
export type Phase = "installing" | "installed";

/** What a machine's devices depend on beside the program. */
export interface Surroundings {
  phase: Phase;
  /** The devices as they are: what the program leaves open stays. */
  existing: Record<string, StringMap>;
  /** Whether media are shown as USB drives: those Windows reads without drivers, and a small Linux kernel not at all. */
  usbMedia: boolean;
  /** Whether a drive can be without its medium (`disk_attached`); else it goes with it. */
  emptyDrives: boolean;
}

/** A list with something done to each element; a list or an element that is unknown is passed on. */
export function eachOf<T>(list: T[] | undefined, change: (item: T, i: number) => T): T[] {
  if (list === undefined) return [];
  if (isUnknown(list)) return list;
  return list.map((item, i) => (isUnknown(item) ? item : change(item, i)));
}

/** A device with the name that its position gives it, unless it has one. */
export function withName<T extends { name?: string | undefined; options?: StringMap | undefined }>(
  device: T,
  name: string,
): T {
  const { options } = device;
  const normalized = options === undefined || isUnknown(options) ? {} : { options: toStrings(options) };
  return { ...device, name: device.name ?? name, ...normalized };
}

/** The options that have a value, in the strings that the daemons know. */
export function present(options: Record<string, string | number | boolean | undefined>): StringMap {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([key, value]) => [key, String(value)]));
}
