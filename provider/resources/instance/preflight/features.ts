// Server features that an instance requires.
import { describeServer, missingExtension, type ServerInfo } from "../../../lxd/client/discovery/server-info";
import { type Failure } from "../../../kind/kind";
import { isUnknown } from "../../../kind/unknowns";
import { foreignFirmware } from "../../machine/config";
import { type PartialInstanceInputs } from "../schema";

export function featureFailures(info: ServerInfo, inputs: PartialInstanceInputs): Failure[] {
  const failures: Failure[] = [];
  if (inputs.type === "virtual-machine" && !info.virtualMachines) {
    const advice = "install QEMU on the server, or use a container";
    failures.push({
      property: "type",
      reason: `${describeServer(info)} does not support virtual machines; ${advice} [unsupported]`,
    });
  }
  return [...failures, ...extensionFailures(info, inputs)];
}

function isBackup({ source }: PartialInstanceInputs): boolean {
  return typeof source === "object" && "backup" in source;
}

/** The API extensions that the inputs require, each with its description. */
export function extensionFailures(info: ServerInfo, inputs: PartialInstanceInputs): Failure[] {
  const { cdroms, firmware, agentDrive } = inputs;
  const media = Array.isArray(cdroms) ? cdroms : [];
  const buses = [inputs.rootDisk?.bus, ...media.map((cdrom) => cdrom.bus)];
  const hasBootMode = info.extensions.has("instance_boot_mode");
  const needs: [boolean, string, string, string][] = [
    [media.some((cdrom) => cdrom.volume !== undefined), "cdroms", "custom_volume_iso", "ISO volumes"],
    [firmware === "bios" && !hasBootMode, "firmware", "security_csm", "BIOS"],
    [buses.some((bus) => bus !== undefined && bus !== "usb"), "bus", "disk_io_bus", "choice of a disk's bus"],
    [isBackup(inputs), "source.backup", "backup_override_name", "backups that are restored under a name of choice"],
    [buses.includes("usb"), "bus", "disk_io_bus_usb", "USB media"],
  ];
  const failures = needs.flatMap(([isNeeded, property, extension, feature]) => {
    if (!isNeeded || info.extensions.has(extension)) return [];
    return [{ property, reason: missingExtension(info, extension, feature).message }];
  });
  failures.push(...firmwareFailures(info, inputs));
  if (agentDrive !== true || info.product === "incus") return failures;
  const reason = `${describeServer(info)} has no agent drive; it gives the agent to its guests in another way`;
  return [...failures, { property: "agentDrive", reason }];
}

/** LXD 6.7 replaced two keys by one and rejects the old ones. */
function firmwareFailures(info: ServerInfo, { config, firmware }: PartialInstanceInputs): Failure[] {
  // Setting both is reported elsewhere.
  if (config === undefined || isUnknown(config) || firmware !== undefined) return [];
  return foreignFirmware(config, info.extensions.has("instance_boot_mode")).map(({ key, firmware: same }) => ({
    property: `config["${key}"]`,
    reason: `${describeServer(info)} does not know ${key}; write firmware: "${same}", which works on every server [unsupported]`,
  }));
}
