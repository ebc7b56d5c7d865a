// What is filled in about an instance before the daemon is asked, and what a change of it costs.
import { type Completion, type Failure, type KindDefinition } from "../../kind/kind";
import { instanceName } from "../../kind/schema";
import { isUnknown } from "../../kind/unknowns";
import { projectOf, spelledOut } from "../shared/common";
import { type InstanceDraft, type InstanceInputs, type InstanceOutputs } from "./schema";
import { type Wait } from "../machine/wait-schema";
import { type Cdrom } from "../machine/devices/devices";
import { withoutEmpty } from "../shared/normalize";
import { completeFiles, sameFiles } from "../machine/guest/files";
import { logicalName } from "../shared/ownership";
import { placed, sourceCost, versionOf } from "./source-version";
import { eachOf, named, spelledOutDevices } from "../machine/devices/defaults";

export const policies: KindDefinition<InstanceInputs, InstanceOutputs>["policies"] = {
  name: "update",
  type: "replace",
  project: "replace",
  description: "update",
  source: sourceCost,
  sourceVersion: sourceCost,
  onImageChange: "ignore",
  // What the program leaves open is the server's choice.
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
  // Needed for the delete, which is told only what the last update has stored.
  shutdownTimeout: "update",
  onDelete: "update",
  waitFor: "ignore",
  bootCommand: "ignore",
  files: (olds, news) => (sameFiles(olds.files, news.files) ? "ignore" : "update"),
  __identity: "ignore",
};

export async function complete(
  completion: Completion<InstanceInputs>,
): Promise<{ draft: InstanceDraft; failures: Failure[] }> {
  const { urn, config } = completion;
  const whole = withDefaults(completion.draft, { urn, config });
  const { version, failures } = await versionOf({ ...completion, draft: whole });
  const completed = await completeFiles(whole.files, completion.signal);
  const draft = { ...whole, sourceVersion: version, files: completed.files };
  const names = nameFailures(completion.draft, whole.name);
  return { draft, failures: [...failures, ...completed.failures, ...names] };
}

/** What the program omits: with the name and the project, which depend on the resource and its stack. */
export function withDefaults(
  draft: InstanceDraft,
  { urn, config }: Pick<Completion<InstanceInputs>, "urn" | "config">,
): InstanceDraft {
  return applyDefaults({ ...draft, name: draft.name ?? logicalName(urn), project: projectOf(draft, config) });
}

export function applyDefaults(draft: InstanceDraft): InstanceDraft {
  const waitFor = eachOf(draft.waitFor, (wait) => ({ ...waitDefaults(wait.condition), ...wait }));
  return {
    ...draft,
    source: draft.project === undefined ? draft.source : placed(draft.source, draft.project),
    onImageChange: draft.onImageChange ?? "replace",
    architecture: canonical(draft.architecture),
    ephemeral: draft.ephemeral ?? false,
    type: draft.type ?? "container",
    description: draft.description ?? "",
    cdroms: eachOf(draft.cdroms, (cdrom, i) => ({ ...cdrom, ...cdromDefaults(cdrom, i) })),
    nics: eachOf(draft.nics, (nic, i) => named(nic, `eth${i}`)),
    disks: eachOf(draft.disks, (disk, i) => named(disk, `disk${i}`)),
    os: draft.os ?? "linux",
    tpm: draft.tpm ?? false,
    agentDrive: draft.agentDrive ?? false,
    cloudInitDrive: draft.cloudInitDrive ?? false,
    config: isUnknown(draft.config) ? draft.config : withoutEmpty(spelledOut(draft.config)),
    devices: isUnknown(draft.devices) ? draft.devices : spelledOutDevices(draft.devices),
    profiles: draft.profiles ?? ["default"],
    // A machine that is waited for until it is off is meant to be off.
    running: draft.running ?? !(Array.isArray(waitFor) && waitFor.at(-1)?.condition === "powered-off"),
    power: draft.power ?? "managed",
    allowRestart: draft.allowRestart ?? false,
    shutdownTimeout: draft.shutdownTimeout ?? "30s",
    onDelete: draft.onDelete ?? "force",
    waitFor,
    bootCommand: draft.bootCommand ?? [],
    files: draft.files ?? [],
  };
}

/** Debian's names, which the servers take too, as the kernel's, which they show. */
const architectures: Record<string, string> = {
  amd64: "x86_64",
  arm64: "aarch64",
  armhf: "armv7l",
  ppc64el: "ppc64le",
};

function canonical(architecture: string | undefined): string | undefined {
  return architecture === undefined ? undefined : (architectures[architecture] ?? architecture);
}

function nameFailures(draft: InstanceDraft, chosen: string | undefined): Failure[] {
  if (draft.name !== undefined || instanceName.safeParse(chosen).success) return [];
  const reason = `the resource's own name "${chosen ?? ""}" cannot be a host name; set \`name\` to 1 to 63 letters, digits or dashes`;
  return [{ property: "name", reason }];
}

function cdromDefaults({ name, afterWaits }: Partial<Cdrom>, i: number): Pick<Cdrom, "name" | "afterWaits"> {
  return { name: name ?? `cdrom${i}`, afterWaits: afterWaits ?? "keep" };
}

/** An installation takes its time; everything else comes soon or not at all. */
function waitDefaults(condition: Wait["condition"]): { timeout: string; stableFor?: string } {
  return condition === "powered-off" ? { timeout: "30m", stableFor: "10s" } : { timeout: "5m" };
}
