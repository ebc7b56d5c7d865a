// Preflight checks of a change to an instance: its disk, its name, its settings and its guest.
import { isDeepStrictEqual } from "node:util";
import { findInstance, type WireInstance } from "../../../lxd/api/instance/instances";
import { type Client } from "../../../lxd/client/core/client";
import { type ServerInfo } from "../../../lxd/client/discovery/server-info";
import { type CheckContext, type Failure } from "../../../kind/kind";
import { plain } from "../../../kind/props";
import { isUnknown } from "../../../kind/unknowns";
import { parseSize } from "../../../kind/units";
import { coldKeys } from "../steps/boot-settings";
import { policies } from "../inputs";
import { configFailures } from "../../machine/config-keys";
import { coldFailures, restartAdvice, staysOn } from "../../machine/restart-policy";
import { deviceChangeFailures } from "./device-preflight";
import { sizeFailures } from "../steps/disk-resize";
import { relocationFailures } from "./relocation";
import { extensionFailures } from "./features";
import { otherOwner, takenBy } from "../existing";
import { type InstanceInputs, type InstanceOutputs, type PartialInstanceInputs } from "../schema";
import { phaseOf } from "../../machine/settings";
import { normalize } from "../../shared/normalize";
import { drives } from "../../machine/devices/drives";

export async function preflightChange(
  client: Client,
  { inputs, olds, urn }: CheckContext<InstanceInputs>,
): Promise<Failure[]> {
  const { project, name } = olds ?? {};
  if (project === undefined || name === undefined || inputs.project !== project) return [];
  if (isSame(olds ?? {}, inputs)) return [];
  const found = await findInstance(client, { project, name });
  const wire = found?.value;
  if (wire === undefined || inputs.type !== wire.type) return [];
  const info = await client.info();
  return [
    ...(await nameFailures(client, wire, { inputs, urn, project })),
    ...(await relocationFailures(client, wire, { inputs, olds: olds as InstanceOutputs })),
    ...(await deviceChangeFailures(client, inputs, olds)),
    ...(await configFailures(client, inputs, olds)),
    ...extensionFailures(info, inputs),
    ...(await sizeFailures(client, wire, inputs)),
    ...restartFailures(wire, inputs, info),
  ];
}

/** Whether the inputs are unchanged. */
export function isSame(olds: PartialInstanceInputs, partial: PartialInstanceInputs): boolean {
  const isOpen = (key: string): boolean => (key === "architecture" || key === "target") && partial[key] === undefined;
  const form = (inputs: PartialInstanceInputs): unknown => {
    const known = Object.entries(normalize(inputs)).filter(([key]) => key in policies && !isOpen(key));
    return plain(Object.fromEntries(known));
  };
  return isDeepStrictEqual(form(olds), form(partial));
}

async function nameFailures(
  client: Client,
  wire: WireInstance,
  { inputs, urn, project }: { inputs: PartialInstanceInputs; urn: string; project: string },
): Promise<Failure[]> {
  const { name } = inputs;
  if (name === undefined || isUnknown(name) || name === wire.name) return [];
  const taken = await findInstance(client, { project, name });
  if (taken !== undefined) {
    const reason = otherOwner(taken.value, inputs, urn);
    return reason === undefined ? [] : [{ property: "name", reason: takenBy(taken.value, inputs, reason).message }];
  }
  return coldFailures(wire, inputs, { property: "name", what: "renamed" });
}

function restartFailures(wire: WireInstance, inputs: PartialInstanceInputs, info: ServerInfo): Failure[] {
  const { config, allowRestart } = inputs;
  if (wire.type !== "virtual-machine" || allowRestart === true || !staysOn(wire, inputs)) return [];
  // A pending installation is restarted for settings that apply only at the next start.
  if (phaseOf(wire) === "installing") return memoryFailures(wire, inputs, info);
  const before = normalize({ config: wire.config ?? {} }).config;
  const after = normalize({ config }).config ?? {};
  const keys = isUnknown(after) ? [] : [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const cold = keys.filter((key) => coldKeys.test(key) && before[key] !== after[key] && !isUnknown(after[key]));
  return [
    ...cold.map((key) => ({
      property: `config["${key}"]`,
      reason: `cannot change while the machine runs; ${restartAdvice}`,
    })),
    ...memoryFailures(wire, inputs, info),
    ...tpmFailures(wire, inputs),
  ];
}

/** The daemons' default for an instance without a memory limit. */
const usualMemory = "1GiB";

/** Only newer servers can hot-plug memory beyond what the instance was started with. */
function memoryFailures(wire: WireInstance, { config }: PartialInstanceInputs, { extensions }: ServerInfo): Failure[] {
  const key = "limits.memory";
  const desired = isUnknown(config) ? undefined : config?.[key];
  if (desired === undefined || isUnknown(desired) || extensions.has("memory_hotplug")) return [];
  const had = { ...wire.expanded_config, ...wire.config }[key] ?? usualMemory;
  const [now, then] = [had, desired].map(parseSize);
  // Only the server can resolve a share of the host's memory.
  if (now === undefined || then === undefined || then <= now) return [];
  const reason = `cannot grow while the machine runs, which has ${had}; ${restartAdvice}`;
  return [{ property: `config["${key}"]`, reason }];
}

/** A TPM can be added or removed only while the instance is off. */
function tpmFailures(wire: WireInstance, { devices, tpm }: PartialInstanceInputs): Failure[] {
  if (isUnknown(devices) || isUnknown(tpm)) return [];
  const isTpm = ([, device]: [string, Record<string, string>]): boolean => device["type"] === "tpm";
  const before = Object.entries(wire.devices ?? {}).filter(isTpm);
  const typed = tpm === true ? { [drives.tpm.name]: drives.tpm.device } : {};
  const after = Object.entries({ ...devices, ...typed }).filter(isTpm);
  const changed = [...before, ...after].map(([name]) => name).filter((name) => !isBoth(name, before, after));
  return [...new Set(changed)].map((name) => ({
    property: name === drives.tpm.name ? "tpm" : `devices.${name}`,
    reason: `a TPM cannot be added or removed while the machine runs; ${restartAdvice}`,
  }));
}

function isBoth(name: string, ...lists: [string, unknown][][]): boolean {
  return lists.every((list) => list.some(([each]) => each === name));
}
