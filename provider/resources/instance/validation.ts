// Validation of an instance across several inputs.
import { type Failure } from "../../kind/kind";
import { isUnknown } from "../../kind/unknowns";
import { type PartialInstanceInputs } from "./schema";
import { validateFiles } from "../machine/guest/files";
import { typedKeys } from "../machine/config";
import { driveKinds } from "../machine/devices/drives";
import { sourceRules } from "./source";
import { isProviderKey, reservedReason } from "../shared/ownership";
import { known, validateBootOrder, validateDeviceNames } from "../machine/devices/validation";

export function validate(inputs: PartialInstanceInputs): Failure[] {
  return [
    ...typeRules(inputs),
    ...sourceRules(inputs.source),
    ...ephemeralRules(inputs),
    ...powerRules(inputs),
    ...validateDeviceNames(inputs),
    ...validateBootOrder(inputs),
    ...keyRules(inputs),
    ...validateFiles(inputs.files),
    ...agentRules(inputs),
  ];
}

/** A stopped virtual machine has no agent to write its files. */
function agentRules({ type, files, power, running }: PartialInstanceInputs): Failure[] {
  if (type !== "virtual-machine" || known(files).length === 0 || power === "ignored" || running !== false) return [];
  const reason = "are written by the agent of a virtual machine, which must be running: set running: true";
  return [{ property: "files", reason }];
}

function typeRules(inputs: PartialInstanceInputs): Failure[] {
  if (inputs.type !== "container") return [];
  const written = [
    ...(known(inputs.cdroms).length > 0 ? ["cdroms"] : []),
    ...(inputs.firmware === undefined ? [] : ["firmware"]),
    ...driveKinds.filter((kind) => inputs[kind] === true),
  ];
  return written.map((property) => ({ property, reason: `containers have none; set type: "virtual-machine"` }));
}

/** An ephemeral instance is deleted when it stops, so it cannot be kept stopped. */
function ephemeralRules({ ephemeral, running, waitFor }: PartialInstanceInputs): Failure[] {
  if (ephemeral !== true) return [];
  const reason = "an ephemeral machine is deleted when it stops";
  const waits = known(waitFor).flatMap((wait, i) => {
    if (wait?.condition !== "powered-off") return [];
    return [{ property: `waitFor[${i}]`, reason: `${reason}, so there is nothing left once it is powered off` }];
  });
  if (running !== false || waits.length > 0) return waits;
  return [{ property: "running", reason: `${reason}; set ephemeral: false, or omit running: false` }];
}

/** After the installation, the instance must not boot the installer again. */
function powerRules({ running, waitFor, cdroms }: PartialInstanceInputs): Failure[] {
  const waits = known(waitFor).map((wait) => wait?.condition);
  const isStartedAgain = waits.includes("powered-off") && (running === true || waits.at(-1) !== "powered-off");
  const reason = isStartedAgain
    ? 'boots the installer again when the machine is started after its wait; set afterWaits: "eject" or "unprioritize"'
    : undefined;
  return known(cdroms).flatMap((cdrom, i) => {
    const property = `cdroms[${i}].afterWaits`;
    const { afterWaits, bootPriority } = cdrom ?? {};
    if (reason !== undefined && bootPriority !== undefined && afterWaits === "keep") return [{ property, reason }];
    if (waits.length > 0 || isUnknown(waitFor) || afterWaits === undefined || afterWaits === "keep") return [];
    return [{ property, reason: "has no effect without waitFor" }];
  });
}

function keyRules(inputs: PartialInstanceInputs): Failure[] {
  const keys = Object.keys(isUnknown(inputs.config) ? {} : (inputs.config ?? {}));
  const twice = typedKeys(inputs).filter((key) => keys.includes(key));
  const reserved = keys.filter((key) => isProviderKey(key) || key.startsWith("volatile.") || key.startsWith("image."));
  const failure = (key: string, reason: string): Failure => ({ property: `config["${key}"]`, reason });
  return [
    ...reserved.map((key) => failure(key, reservedReason(key))),
    ...twice.map((key) => failure(key, "duplicates `firmware` or `cloudInit`; set only one of the two")),
  ];
}
