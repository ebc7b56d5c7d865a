// Maps firmware and cloud-init inputs to each server's config keys and back.
import * as z from "zod";
import { strict } from "../../kind/schema";
import { type StringMap } from "../../lxd/api/instance/instances";
import { isTrue } from "../../kind/booleans";
import { isUnknown } from "../../kind/unknowns";

export type Firmware = "uefi" | "uefi-secureboot" | "bios";

export interface CloudInit {
  userData?: string | undefined;
  vendorData?: string | undefined;
  networkConfig?: string | undefined;
}

export const cloudInit = strict({
  userData: z.string().optional(),
  vendorData: z.string().optional(),
  networkConfig: z.string().optional(),
});

/** An empty text equals an absent one, as in `config`; `cloudInit` without texts equals an absent one too. */
export function withoutEmptyTexts(cloudInit: CloudInit | undefined): CloudInit | undefined {
  if (cloudInit === undefined || isUnknown(cloudInit)) return cloudInit;
  const texts = Object.entries(cloudInit).filter(([, text]) => text !== undefined && text !== "");
  return texts.length === 0 ? undefined : Object.fromEntries(texts);
}

export interface ConfigInputs {
  config: StringMap;
  firmware?: Firmware | undefined;
  cloudInit?: CloudInit | undefined;
}

const firmwareKeys = ["security.secureboot", "security.csm", "boot.mode"];
const cloudInitKeys: Record<keyof CloudInit, string> = {
  userData: "cloud-init.user-data",
  vendorData: "cloud-init.vendor-data",
  networkConfig: "cloud-init.network-config",
};
const cloudInitFields = Object.entries(cloudInitKeys) as [keyof CloudInit, string][];

/** Config keys set by typed inputs, which `config` must not set as well. */
export function typedKeys({ firmware, cloudInit }: Omit<ConfigInputs, "config">): string[] {
  return [
    ...(firmware === undefined ? [] : firmwareKeys),
    ...(cloudInit === undefined ? [] : cloudInitFields.map(([, key]) => key)),
  ];
}

/** `hasBootMode`: the server has one key instead of two (LXD 6.7 and newer). */
export function configToWire({ config, firmware, cloudInit }: ConfigInputs, hasBootMode: boolean): StringMap {
  const data = cloudInitFields.flatMap(([field, key]): [string, string][] => {
    const value = cloudInit?.[field];
    return value === undefined ? [] : [[key, value]];
  });
  return { ...config, ...firmwareToWire(firmware, hasBootMode), ...Object.fromEntries(data) };
}

/** Firmware keys in `config` that this server does not support, each with the equivalent portable `firmware`. */
export function foreignFirmware(config: StringMap, hasBootMode: boolean): { key: string; firmware: Firmware }[] {
  const foreign = hasBootMode ? ["security.csm", "security.secureboot"] : ["boot.mode"];
  const firmware = firmwareFromWire(config);
  return foreign.filter((key) => config[key] !== undefined).map((key) => ({ key, firmware }));
}

function firmwareToWire(firmware: Firmware | undefined, hasBootMode: boolean): StringMap {
  if (firmware === undefined) return {};
  if (hasBootMode) return { "boot.mode": firmware === "uefi" ? "uefi-nosecureboot" : firmware };
  if (firmware === "bios") return { "security.csm": "true", "security.secureboot": "false" };
  return { "security.secureboot": String(firmware === "uefi-secureboot") };
}

/**
 * Converts the daemon's config to inputs: firmware and cloud-init keys become typed inputs where the program uses
 * those.
 */
export function configFromWire(wire: StringMap, written: ConfigInputs): ConfigInputs {
  const taken = typedKeys(written);
  const config = Object.fromEntries(Object.entries(wire).filter(([key]) => !taken.includes(key)));
  return {
    config,
    firmware: written.firmware === undefined ? undefined : firmwareFromWire(wire),
    cloudInit: written.cloudInit === undefined ? undefined : cloudInitFromWire(wire),
  };
}

function firmwareFromWire(wire: StringMap): Firmware {
  const mode = wire["boot.mode"];
  if (mode === "bios" || isTrue(wire["security.csm"])) return "bios";
  const isPlain = mode === undefined ? !isTrue(wire["security.secureboot"] ?? "true") : mode === "uefi-nosecureboot";
  return isPlain ? "uefi" : "uefi-secureboot";
}

function cloudInitFromWire(wire: StringMap): CloudInit {
  const found = cloudInitFields.filter(([, key]) => wire[key] !== undefined);
  return Object.fromEntries(found.map(([field, key]) => [field, wire[key]]));
}
