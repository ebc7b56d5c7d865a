// Definitions shared by all typed devices: names, extra options, and the context that devices depend on.
import * as z from "zod";
import { name, scalar } from "../../../kind/schema";
import { isUnknown } from "../../../kind/unknowns";
import { type StringMap } from "../../../lxd/api/instance/instances";
import { toStrings } from "../../shared/common";
import { withoutEmpty } from "../../shared/normalize";

export interface Device {
  /** The device's name; derived from type and position unless specified. */
  name?: string | undefined;
  /** Device options without a typed field. */
  options?: StringMap | undefined;
}

export const deviceFields = { name: name.optional(), options: z.record(z.string(), scalar).optional() };

/** A device as users write it, with options that are not yet strings. */
export type Written<Kind> = Kind extends unknown
  ? {
      [Key in keyof Kind]: Key extends "options" ? Record<string, string | number | boolean> | undefined : Kind[Key];
    }
  : never;

/** Whether the installation media are still needed, or the waits for the end of the installation are over. */
export type Phase = "installing" | "installed";

/** What an instance's devices depend on, besides the program. */
export interface Surroundings {
  phase: Phase;
  /** The existing devices; they provide the values that the program omits. */
  existing: Record<string, StringMap>;
  /**
   * Whether media are attached as USB drives: Windows reads those without drivers, but a minimal Linux kernel does not.
   */
  usbMedia: boolean;
  /** Whether a drive can be empty (`disk_attached`); otherwise ejecting removes the drive as well. */
  emptyDrives: boolean;
}

/** Maps the elements of a list; unknown lists and elements are returned unchanged. */
export function eachOf<T>(list: T[] | undefined, change: (item: T, i: number) => T): T[] {
  if (list === undefined) return [];
  if (isUnknown(list)) return list;
  return list.map((item, i) => (isUnknown(item) ? item : change(item, i)));
}

/** Gives a device a name derived from its position, unless it has one. */
export function withName<T extends { name?: string | undefined; options?: StringMap | undefined }>(
  device: T,
  name: string,
): T {
  const { options } = device;
  const normalized = options === undefined || isUnknown(options) ? {} : { options: withoutEmpty(toStrings(options)) };
  return { ...device, name: device.name ?? name, ...normalized };
}

/** Options that have a value, as the strings that the daemons store; an empty text is no value. */
export function present(options: Record<string, string | number | boolean | undefined>): StringMap {
  const given = Object.entries(options).filter(([, value]) => value !== undefined && value !== "");
  return Object.fromEntries(given.map(([key, value]) => [key, String(value)]));
}
