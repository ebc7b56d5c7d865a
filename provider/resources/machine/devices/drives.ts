// Devices that are either present or absent: a TPM, and the drives that the server generates.
import { type StringMap } from "../../../lxd/api/instance/instances";

export type Drive = "tpm" | "agentDrive" | "cloudInitDrive";

/** Each such device, with the name used in the daemons' documentation. */
export const drives: Record<Drive, { name: string; device: StringMap }> = {
  tpm: { name: "tpm", device: { type: "tpm" } },
  agentDrive: { name: "agent", device: { type: "disk", source: "agent:config" } },
  cloudInitDrive: { name: "cloud-init", device: { type: "disk", source: "cloud-init:config" } },
};

export const driveKinds = Object.keys(drives) as Drive[];
