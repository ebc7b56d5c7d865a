// The image that results from a build, as image inputs, and its requirements for instances made from it.
import { type StringMap } from "../../lxd/api/instance/instances";
import { type ImageInputs } from "../image/inputs";
import { type InstanceInputs } from "../instance/schema";
import { isTrue } from "../../kind/booleans";
import { type GoldenInputs } from "./schema";

export function resultOf(
  { image, project, remote }: GoldenInputs,
  { public: isPublic }: { public: boolean },
): ImageInputs {
  const { aliases, properties, expiresAt, aliasPolicy } = image;
  const source = { instance: "" };
  return { source, aliases, properties, public: isPublic, expiresAt, aliasPolicy, adopt: false, project, remote };
}

/** A system installed without secure boot is seldom signed, so instances made from it must not require secure boot. */
export function requirementsOf({ firmware, config, os, agentDrive }: InstanceInputs): StringMap {
  const written = config["security.secureboot"];
  const isUnsigned = firmware === "uefi" || firmware === "bios" || (written !== undefined && !isTrue(written));
  return {
    ...(isUnsigned || config["boot.mode"] === "bios" || config["boot.mode"] === "uefi-nosecureboot"
      ? { "requirements.secureboot": "false" }
      : {}),
    ...(agentDrive ? { "requirements.cdrom_agent": "true" } : {}),
    ...(os === "windows" ? { os: "Windows" } : {}),
  };
}
