// Devices that are either there or not: a TPM, and the drives that the server itself makes.
import { type StringMap } from "../../../lxd/api/instance/instances";

export type Drive = "tpm" | "agentDrive" | "cloudInitDrive";

/** What is either there or not, with the name that the daemons' documentation gives it. */
export const drives: Record<Drive, { name: string; device: StringMap }> = {
  tpm: { name: "tpm", device: { type: "tpm" } },
  agentDrive: { name: "agent", device: { type: "disk", source: "agent:config" } },
  cloudInitDrive: { name: "cloud-init", device: { type: "disk", source: "cloud-init:config" } },
};

export const driveKinds = Object.keys(drives) as Drive[];
