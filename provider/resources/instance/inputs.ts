// Defaults of an instance's inputs, and what a change of each input requires.
import { type CheckContext, type Failure, type KindDefinition } from "../../kind/kind";
import { instanceName } from "../../kind/schema";
import { isUnknown } from "../../kind/unknowns";
import { projectOf, toStrings } from "../shared/common";
import { type InstanceInputs, type InstanceOutputs, type PartialInstanceInputs } from "./schema";
import { type Wait } from "../machine/wait-schema";
import { withoutEmptyTexts } from "../machine/config";
import { cdromDefaults } from "../machine/devices/cdrom";
import { eachOf } from "../machine/devices/device";
import { diskDefaults } from "../machine/devices/disk";
import { nicDefaults } from "../machine/devices/nic";
import { withStringValues } from "../machine/devices/plain-devices";
import { canonicalArchitecture } from "../../base/architectures";
import { withoutEmpty } from "../shared/normalize";
import { hashFiles, sameFiles } from "../machine/guest/files";
import { placed, sourceCost, versionOf } from "./source-version";

export const policies: KindDefinition<InstanceInputs, InstanceOutputs>["policies"] = {
  name: "update",
  type: "replace",
  project: "replace",
  description: "update",
  source: sourceCost,
  sourceVersion: sourceCost,
  onImageChange: "ignore",
  // If the program omits it, the server chooses.
  architecture: (_, { architecture }) => (architecture === undefined ? "ignore" : "replace"),
  ephemeral: "update",
  target: (_, { target }) => (target === undefined ? "ignore" : "update"),
  rootDisk: "update",
  cdroms: "update",
  nics: "update",
  disks: "update",
  tpm: "update",
  agentDrive: "update",
  cloudInitDrive: "update",
  os: "ignore",
  firmware: "update",
  cloudInit: "update",
  config: "update",
  devices: "update",
  profiles: "update",
  running: (_, { power }) => (power === "managed" ? "update" : "ignore"),
  power: "ignore",
  allowRestart: "ignore",
  // The delete reads these from the state, so a change must be stored.
  shutdownTimeout: "update",
  onDelete: "update",
  waitFor: "ignore",
  bootCommand: "ignore",
  files: (olds, news) => (sameFiles(olds.files, news.files) ? "ignore" : "update"),
  __identity: "ignore",
};

export const omittedDefaults = [
  ...["onImageChange", "ephemeral", "cdroms", "nics", "disks", "tpm", "agentDrive", "cloudInitDrive", "os"],
  ...["power", "allowRestart", "shutdownTimeout", "onDelete", "waitFor", "bootCommand", "files"],
];

export async function computeInputs(
  check: CheckContext<InstanceInputs>,
): Promise<{ inputs: PartialInstanceInputs; failures: Failure[] }> {
  const whole = withDefaults(check.inputs, check);
  const { version, failures } = await versionOf({ ...check, inputs: whole });
  const computed = await hashFiles(whole.files, check.signal);
  const inputs = { ...whole, sourceVersion: version, files: computed.files };
  const names = nameFailures(check.inputs, whole.name);
  return { inputs, failures: [...failures, ...computed.failures, ...names] };
}

/** Applies defaults, including the name and project, which depend on the resource and its stack. */
export function withDefaults(
  inputs: PartialInstanceInputs,
  { automaticName, config }: Pick<CheckContext<InstanceInputs>, "automaticName" | "config">,
): PartialInstanceInputs {
  return applyDefaults({ ...inputs, name: inputs.name ?? automaticName, project: projectOf(inputs, config) });
}

export function applyDefaults(inputs: PartialInstanceInputs): PartialInstanceInputs {
  const waitFor = eachOf(inputs.waitFor, (wait) => ({ ...waitDefaults(wait.condition), ...wait }));
  return {
    ...inputs,
    source: inputs.project === undefined ? inputs.source : placed(inputs.source, inputs.project),
    onImageChange: inputs.onImageChange ?? "replace",
    architecture: canonical(inputs.architecture),
    ephemeral: inputs.ephemeral ?? false,
    type: inputs.type ?? "container",
    description: inputs.description ?? "",
    cdroms: eachOf(inputs.cdroms, (cdrom, i) => ({ ...cdrom, ...cdromDefaults(cdrom, i) })),
    nics: eachOf(inputs.nics, nicDefaults),
    disks: eachOf(inputs.disks, diskDefaults),
    os: inputs.os ?? "linux",
    tpm: inputs.tpm ?? false,
    agentDrive: inputs.agentDrive ?? false,
    cloudInitDrive: inputs.cloudInitDrive ?? false,
    cloudInit: withoutEmptyTexts(inputs.cloudInit),
    config: isUnknown(inputs.config) ? inputs.config : withoutEmpty(toStrings(inputs.config)),
    devices: isUnknown(inputs.devices) ? inputs.devices : withStringValues(inputs.devices),
    profiles: inputs.profiles ?? ["default"],
    // If the last wait is for power-off, the instance is meant to be stopped.
    running: inputs.running ?? !(Array.isArray(waitFor) && waitFor.at(-1)?.condition === "powered-off"),
    power: inputs.power ?? "managed",
    allowRestart: inputs.allowRestart ?? false,
    shutdownTimeout: inputs.shutdownTimeout ?? "30s",
    onDelete: inputs.onDelete ?? "force",
    waitFor,
    bootCommand: inputs.bootCommand ?? [],
    files: inputs.files ?? [],
  };
}

function canonical(architecture: string | undefined): string | undefined {
  return architecture === undefined ? undefined : canonicalArchitecture(architecture);
}

function nameFailures(inputs: PartialInstanceInputs, chosen: string | undefined): Failure[] {
  if (inputs.name !== undefined || instanceName.safeParse(chosen).success) return [];
  const reason = `the resource's own name "${chosen ?? ""}" cannot be a host name; set \`name\` to 1 to 63 letters, digits or dashes`;
  return [{ property: "name", reason }];
}

/** An installation takes long; every other condition is met soon or never. */
function waitDefaults(condition: Wait["condition"]): { timeout: string; stableFor?: string } {
  return condition === "powered-off" ? { timeout: "30m", stableFor: "10s" } : { timeout: "5m" };
}
