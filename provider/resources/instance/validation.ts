// What can be seen to be wrong about an instance only by looking at several inputs together.
import { type Failure } from "../../kind/kind";
import { isUnknown } from "../../kind/unknowns";
import { type InstanceDraft } from "./schema";
import { fileRules } from "../machine/guest/files";
import { typedKeys } from "../machine/config";
import { driveKinds } from "../machine/devices/typed-devices";
import { sourceRules } from "./source";
import { isBookkeeping } from "../shared/ownership";
import { bootRules, deviceNameRules, known } from "../machine/devices/validation";

export function rules(draft: InstanceDraft): Failure[] {
  return [
    ...typeRules(draft),
    ...sourceRules(draft.source),
    ...ephemeralRules(draft),
    ...powerRules(draft),
    ...deviceNameRules(draft),
    ...bootRules(draft),
    ...keyRules(draft),
    ...fileRules(draft.files),
    ...agentRules(draft),
  ];
}

/** A machine that is off has no agent to write its files. */
function agentRules({ type, files, power, running }: InstanceDraft): Failure[] {
  if (type !== "virtual-machine" || known(files).length === 0 || power === "ignored" || running !== false) return [];
  const reason = "are written by the agent of a virtual machine, which must be running: set running: true";
  return [{ property: "files", reason }];
}

function typeRules(draft: InstanceDraft): Failure[] {
  if (draft.type !== "container") return [];
  const said = [
    ...(known(draft.cdroms).length > 0 ? ["cdroms"] : []),
    ...(draft.firmware === undefined ? [] : ["firmware"]),
    ...driveKinds.filter((kind) => draft[kind] === true),
  ];
  return said.map((property) => ({ property, reason: `containers have none; set type: "virtual-machine"` }));
}

/** A machine that is deleted when it stops cannot be kept stopped. */
function ephemeralRules({ ephemeral, running, waitFor }: InstanceDraft): Failure[] {
  if (ephemeral !== true) return [];
  const reason = "an ephemeral machine is deleted when it stops";
  const waits = known(waitFor).flatMap((wait, i) => {
    if (wait?.condition !== "powered-off") return [];
    return [{ property: `waitFor[${i}]`, reason: `${reason}, so there is nothing left once it is powered off` }];
  });
  if (running !== false || waits.length > 0) return waits;
  return [{ property: "running", reason: `${reason}; set ephemeral: false, or omit running: false` }];
}

/** After the installation the machine must not boot the installer again. */
function powerRules({ running, waitFor, cdroms }: InstanceDraft): Failure[] {
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

function keyRules(draft: InstanceDraft): Failure[] {
  const keys = Object.keys(isUnknown(draft.config) ? {} : (draft.config ?? {}));
  const twice = typedKeys(draft).filter((key) => keys.includes(key));
  const reserved = keys.filter((key) => isBookkeeping(key) || key.startsWith("volatile.") || key.startsWith("image."));
  const failure = (key: string, reason: string): Failure => ({ property: `config["${key}"]`, reason });
  return [
    ...reserved.map((key) => failure(key, "is managed by the server or this provider; remove it")),
    ...twice.map((key) => failure(key, "duplicates `firmware` or `cloudInit`; set only one of the two")),
  ];
}
