// Preflight checks of an instance snapshot, and the owner of an existing one.
import { difference } from "../shared/import-comparison";
import { findSnapshot, type SnapshotAddress, type WireSnapshot } from "../../lxd/api/instance/instance-snapshots";
import { findInstance } from "../../lxd/api/instance/instances";
import { type Client } from "../../lxd/client/core/client";
import { LxdError } from "../../base/errors";
import { type CheckContext, type Failure } from "../../kind/kind";
import { hasUnknown } from "../../kind/unknowns";
import { checkProject } from "../shared/common";
import { isTrue } from "../../kind/booleans";
import { isPlacePlanned } from "../shared/planned";
import { instantOf, type SnapshotInputs } from "./inputs";

/** Set on an instance while its snapshot is taken, and therefore kept in the snapshot: the resource that took it. */
export const takenByKey = "user.pulumi.snapshot";

export function idOf({ project, instance, name }: Pick<SnapshotInputs, "project" | "instance" | "name">): string {
  return `${project}/${instance}/${name}`;
}

/** `project/instance/snapshot` */
export function parseSnapshotId(id: string): SnapshotAddress | undefined {
  const [project, name, snapshot, ...more] = id.split("/");
  return project && name && snapshot && more.length === 0 ? { project, name, snapshot } : undefined;
}

export function addressOf({ project, instance, name }: SnapshotInputs): SnapshotAddress {
  return { project, name: instance, snapshot: name };
}

export async function preflight(client: Client, check: CheckContext<SnapshotInputs>): Promise<Failure[]> {
  const { inputs, importId, urn, replaced } = check;
  if (isPlacePlanned(client, inputs)) return [];
  const project = await checkProject(client, inputs.project);
  if (project.length > 0) return project;
  const past = isPast(inputs.expiresAt)
    ? [{ property: "expiresAt", reason: "is in the past: the snapshot would be deleted immediately" }]
    : [];
  if (hasUnknown([inputs.project, inputs.instance, inputs.name])) return past;
  if (importId !== undefined) return importFailures(client, inputs as SnapshotInputs, importId);
  if (replaced !== undefined) return past;
  const found = await findSnapshot(client, addressOf(inputs as SnapshotInputs));
  const conflict = found === undefined ? undefined : strangers(found.value, inputs as SnapshotInputs, urn);
  const taken = conflict === undefined ? [] : [{ property: "name", reason: conflict.message }];
  return [...past, ...taken, ...(await statefulFailures(client, inputs as SnapshotInputs))];
}

function isPast(expiresAt: string | undefined): boolean {
  return expiresAt !== undefined && Date.parse(expiresAt) < new Date().getTime();
}

/** Why an existing snapshot does not belong to this resource, if so. */
export function strangers(wire: WireSnapshot, inputs: SnapshotInputs, urn: string): LxdError | undefined {
  if (wire.config?.[takenByKey] === urn && wire.stateful === inputs.stateful) return undefined;
  const why = `the instance "${inputs.instance}" already has a snapshot "${inputs.name}", which this resource did not create`;
  const advice = `Pass { import: "${idOf(inputs)}" } to adopt it, or choose another name.`;
  return new LxdError({ code: "already-exists", why, advice });
}

async function statefulFailures(client: Client, { stateful, project, instance }: SnapshotInputs): Promise<Failure[]> {
  const found = stateful ? await findInstance(client, { project, name: instance }) : undefined;
  const { type, expanded_config: config } = found?.value ?? {};
  if (type !== "virtual-machine" || isTrue(config?.["migration.stateful"])) return [];
  const reason = 'requires config: { "migration.stateful": true } on the virtual machine, set before it was started';
  return [{ property: "stateful", reason }];
}

async function importFailures(client: Client, desired: SnapshotInputs, importId: string): Promise<Failure[]> {
  const at = parseSnapshotId(importId);
  if (at === undefined) return [{ property: "", reason: `import: "${importId}" must be "project/instance/snapshot"` }];
  const places: [string, string, string][] = [
    ["project", desired.project, at.project],
    ["instance", desired.instance, at.name],
    ["name", desired.name, at.snapshot],
  ];
  const found = await findSnapshot(client, at);
  if (found === undefined) return [{ property: "", reason: `import: there is no snapshot ${importId}` }];
  const { stateful, expires_at: expiresAt } = found.value;
  const pairs: [string, unknown, unknown][] = [
    ...places,
    ["stateful", desired.stateful, stateful],
    ["expiresAt", instantOf(desired.expiresAt), instantOf(expiresAt)],
  ];
  return pairs
    .filter(([, program, daemon]) => program !== daemon)
    .map(([property, program, daemon]) => difference(property, { program, daemon }, () => false));
}
