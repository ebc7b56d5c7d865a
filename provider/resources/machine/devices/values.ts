// Values of device options that servers check late, or without naming the option.
import * as z from "zod";
import { nearest } from "../../../base/nearest";

const buses = ["virtio-scsi", "virtio-blk", "nvme", "usb"];
/** Buses of other hypervisors, which have no counterpart by name. */
const foreignBuses = ["sata", "ide", "scsi", "virtio", "ahci"];

/** Why the value is not a bus. A name that resembles none may be that of a newer server. */
export function busProblem(bus: string): string | undefined {
  if (buses.includes(bus)) return undefined;
  const near = nearest(bus, buses);
  if (near === undefined && !foreignBuses.includes(bus.toLowerCase())) return undefined;
  const hint = near === undefined ? `use ${buses.map((each) => `"${each}"`).join(" or ")}` : `did you mean "${near}"?`;
  return `${JSON.stringify(bus)} is not a bus of a disk; ${hint}`;
}

/** Why the value is not a MAC address. An empty text is no value. */
export function macProblem(mac: string): string | undefined {
  if (mac === "" || /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(mac)) return undefined;
  const digits = mac.replaceAll(/[^0-9a-f]/gi, "");
  const isOtherwise = /^[0-9a-f.:\- ]+$/i.test(mac) && digits.length === 12;
  const hint = isOtherwise
    ? `did you mean "${digits.replaceAll(/(..)(?=.)/g, "$1:")}"?`
    : 'use for example "02:00:5e:10:00:01"';
  return `${JSON.stringify(mac)} is not a MAC address; ${hint}`;
}

function valid(problemOf: (text: string) => string | undefined): z.ZodString {
  return z.string().refine((text) => problemOf(text) === undefined, {
    error: ({ input }) => problemOf(String(input)),
  });
}

export const busSchema = valid(busProblem).min(1, { error: "must not be empty" });
export const macSchema = valid(macProblem);

/** The check of an option by the type of its device. */
export const optionProblems: Record<string, Record<string, (text: string) => string | undefined>> = {
  nic: { hwaddr: macProblem },
  disk: { "io.bus": busProblem },
};
