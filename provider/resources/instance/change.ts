// What the daemon can say about a change of a machine before it is made: what its disk, its name and its guest allow.
import { isDeepStrictEqual } from "node:util";
import { findInstance, type WireInstance } from "../../api/instances";
import { type Client } from "../../client/client";
import { type Completion, type Failure } from "../../kind";
import { plain } from "../../plain";
import { isUnknown } from "../../unknowns";
import { parseSize } from "../../units";
import { policies } from "./inputs";
import { coldFailures, consent, staysOn } from "./consent";
import { placeFailures } from "./place";
import { extensionFailures, otherOwner, takenBy } from "./preflight";
import { type InstanceDraft, type InstanceInputs, type InstanceOutputs } from "./schema";
import { comparable } from "./spelling";
import { drives } from "./typed-devices";

/** Config keys of virtual machines that the daemons take only while the machine is off. */
const coldKeys =
  /^(raw\.qemu.*|migration\.stateful|limits\.memory\.hugepages|agent\.nic_config|security\.(sev.*|iommu)|boot\.mode)$/;

export async function preflightChange(
  client: Client,
  { draft, olds, urn }: Completion<InstanceInputs>,
): Promise<Failure[]> {
  const { project, name } = olds ?? {};
  if (project === undefined || name === undefined || draft.project !== project) return [];
  if (isSame(olds ?? {}, draft)) return [];
  const found = await findInstance(client, { project, name });
  const wire = found?.value;
  if (wire === undefined || draft.type !== wire.type) return [];
  return [
    ...(await nameFailures(client, wire, { draft, urn, project })),
    ...(await placeFailures(client, wire, { draft, olds: olds as InstanceOutputs })),
    ...extensionFailures(await client.info(), draft),
    ...shrinkFailures(wire, draft),
    ...restartFailures(wire, draft),
  ];
}

function isSame(olds: InstanceDraft, draft: InstanceDraft): boolean {
  const isOpen = (key: string): boolean => (key === "architecture" || key === "target") && draft[key] === undefined;
  const form = (inputs: InstanceDraft): unknown => {
    const known = Object.entries(comparable(inputs)).filter(([key]) => key in policies && !isOpen(key));
    return plain(Object.fromEntries(known));
  };
  return isDeepStrictEqual(form(olds), form(draft));
}

async function nameFailures(
  client: Client,
  wire: WireInstance,
  { draft, urn, project }: { draft: InstanceDraft; urn: string; project: string },
): Promise<Failure[]> {
  const { name } = draft;
  if (name === undefined || isUnknown(name) || name === wire.name) return [];
  const taken = await findInstance(client, { project, name });
  if (taken !== undefined) {
    const reason = otherOwner(taken.value, draft, urn);
    return reason === undefined ? [] : [{ property: "name", reason: takenBy(taken.value, draft, reason).message }];
  }
  return coldFailures(wire, draft, { property: "name", what: "renamed" });
}

/** A virtual machine's disk cannot be made smaller without harm, so the daemons refuse it. */
function shrinkFailures(wire: WireInstance, { rootDisk }: InstanceDraft): Failure[] {
  const root = Object.values({ ...wire.expanded_devices, ...wire.devices }).find((device) => device["path"] === "/");
  const [now, then] = [root?.["size"], rootDisk?.size].map((text) =>
    text === undefined ? undefined : parseSize(text),
  );
  if (wire.type !== "virtual-machine" || now === undefined || then === undefined || then >= now) return [];
  const reason = `a root disk cannot shrink: it has ${root?.["size"] ?? ""}; write that or more`;
  return [{ property: "rootDisk.size", reason }];
}

function restartFailures(wire: WireInstance, draft: InstanceDraft): Failure[] {
  const { config, allowRestart } = draft;
  if (wire.type !== "virtual-machine" || allowRestart === true || !staysOn(wire, draft)) return [];
  const before = comparable({ config: wire.config ?? {} }).config;
  const after = comparable({ config }).config ?? {};
  const keys = isUnknown(after) ? [] : [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const cold = keys.filter((key) => coldKeys.test(key) && before[key] !== after[key] && !isUnknown(after[key]));
  return [
    ...cold.map((key) => ({
      property: `config["${key}"]`,
      reason: `cannot change while the machine runs; ${consent}`,
    })),
    ...tpmFailures(wire, draft),
  ];
}

/** A TPM is soldered in: it comes and goes only while the machine is off. */
function tpmFailures(wire: WireInstance, { devices, tpm }: InstanceDraft): Failure[] {
  if (isUnknown(devices) || isUnknown(tpm)) return [];
  const isTpm = ([, device]: [string, Record<string, string>]): boolean => device["type"] === "tpm";
  const before = Object.entries(wire.devices ?? {}).filter(isTpm);
  const typed = tpm === true ? { [drives.tpm.name]: drives.tpm.device } : {};
  const after = Object.entries({ ...devices, ...typed }).filter(isTpm);
  const changed = [...before, ...after].map(([name]) => name).filter((name) => !isBoth(name, before, after));
  return [...new Set(changed)].map((name) => ({
    property: name === drives.tpm.name ? "tpm" : `devices.${name}`,
    reason: `a TPM cannot be added or removed while the machine runs; ${consent}`,
  }));
}

function isBoth(name: string, ...lists: [string, unknown][][]): boolean {
  return lists.every((list) => list.some(([each]) => each === name));
}
