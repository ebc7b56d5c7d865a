// Determines a VM's firmware, and the settings that prevent it from starting.
import { failed } from "../errors";
import { isTrue } from "../instances/config-values";
import { expandConfig } from "../used-by";
import type { InstanceRecord } from "../store/records";
import type { Store } from "../store/store";

export type Firmware = "uefi" | "uefi-secureboot" | "bios";

export function firmwareOf(store: Store, instance: InstanceRecord): Firmware {
  const config = expandConfig(store, instance);
  if (isTrue(config["security.csm"])) return "bios";
  return isTrue(config["security.secureboot"] ?? "true") ? "uefi-secureboot" : "uefi";
}

/** Throws the daemons' error if a VM cannot be started; a container always can. */
export function checkFirmware(store: Store, instance: InstanceRecord): void {
  if (instance.type === "container") return;
  if (!instance.config["volatile.uuid"]) {
    throw failed("Failed to parse instance UUID from volatile.uuid: invalid UUID length: 0");
  }
  const config = expandConfig(store, instance);
  if (!isTrue(config["security.secureboot"] ?? "true")) return;
  if (isTrue(config["security.csm"])) {
    const hint = 'Please set "security.secureboot=false" on the instance';
    throw failed(`Secure boot can't be enabled while CSM is turned on. ${hint}`);
  }
  if (config["image.requirements.secureboot"] === "false") {
    const hint = "Please set security.secureboot=false on the instance";
    throw failed(`The image used by this instance is incompatible with secureboot. ${hint}`);
  }
}
