// Maps all devices of an instance, typed and plain, to the server's devices and back.
import { type StringMap } from "../../../lxd/api/instance/instances";
import { sameDevice } from "../../shared/normalize";
import { type Cdrom, cdromsFromWire, cdromsToWire } from "./cdrom";
import { type Phase, type Surroundings } from "./device";
import { type Disk, diskToWire } from "./disk";
import { type Drive, driveKinds, drives } from "./drives";
import { type Nic, nicToWire } from "./nic";
import { rootDeviceName, type RootDisk, rootFromWire, rootOptions, rootToWire } from "./root-disk";

/** Devices in typed form, which match the daemon's devices either completely or not at all. */
export interface TypedDevices {
  nics: Nic[];
  disks: Disk[];
  tpm: boolean;
  agentDrive: boolean;
  cloudInitDrive: boolean;
}

/** All device inputs, typed and plain. */
export interface DeviceInputs extends TypedDevices {
  rootDisk?: RootDisk | undefined;
  cdroms: Cdrom[];
  devices: Record<string, StringMap>;
}

export function toWire(inputs: DeviceInputs, surroundings: Surroundings): Record<string, StringMap> {
  const { rootDisk, cdroms, devices } = inputs;
  return {
    ...devices,
    ...Object.fromEntries(inputs.nics.map((nic) => [nic.name ?? "", nicToWire(nic)])),
    ...Object.fromEntries(inputs.disks.map((disk) => [disk.name ?? "", diskToWire(disk)])),
    ...Object.fromEntries(
      driveKinds.filter((kind) => inputs[kind]).map((kind) => [drives[kind].name, drives[kind].device]),
    ),
    ...(rootDisk !== undefined && { [rootDeviceName]: rootToWire(rootDisk) }),
    ...cdromsToWire(cdroms, surroundings),
  };
}

/**
 * Converts the daemon's devices to inputs: a device that the program types stays typed, every other device is plain. A
 * device that the typed form cannot express also becomes plain, so that it shows as a change.
 */
export function fromWire(wire: Record<string, StringMap>, written: DeviceInputs, phase: Phase): DeviceInputs {
  const { typed, left } = typedFromWire(wire, written);
  const take = (name: string, options: string[]): StringMap | undefined => {
    const device = left[name];
    if (device === undefined || !Object.keys(device).every((option) => options.includes(option))) return undefined;
    Reflect.deleteProperty(left, name);
    return device;
  };
  const root = written.rootDisk === undefined ? undefined : take(rootDeviceName, rootOptions);
  const cdroms = cdromsFromWire(written.cdroms, phase, { has: (name) => name in left, take });
  const rootDisk = root === undefined ? undefined : rootFromWire(root, written.rootDisk);
  return { ...typed, rootDisk, cdroms, devices: left };
}

/**
 * Assigns the daemon's devices to typed inputs; returns those and the unassigned devices. A device that was changed
 * outside the program no longer matches, stays unassigned, and so shows as a change.
 */
function typedFromWire(
  wire: Record<string, StringMap>,
  written: TypedDevices,
): { typed: TypedDevices; left: Record<string, StringMap> } {
  const left = { ...wire };
  const take = (name: string, device: StringMap): boolean => {
    const found = left[name];
    if (found === undefined || !sameDevice(found, device)) return false;
    Reflect.deleteProperty(left, name);
    return true;
  };
  const drive = (kind: Drive): boolean => written[kind] && take(drives[kind].name, drives[kind].device);
  const typed = {
    nics: written.nics.filter((nic) => take(nic.name ?? "", nicToWire(nic))),
    disks: written.disks.filter((disk) => take(disk.name ?? "", diskToWire(disk))),
    tpm: drive("tpm"),
    agentDrive: drive("agentDrive"),
    cloudInitDrive: drive("cloudInitDrive"),
  };
  return { typed, left };
}
