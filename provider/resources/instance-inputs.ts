// What can be written about an instance, what a change of it costs, and what is filled in before the daemon is asked.
import { z } from "zod";
import { type StringMap } from "../api/instances";
import { type CommonInputs, type Completion, type Cost, type Draft, type Failure, type ResourceKind } from "../kind";
import { duration, instanceName, name, scalar, size, strict, tagged } from "../schema";
import { isUnknown } from "../unknowns";
import { projectOf, remoteSchema, spelledOut } from "./common";
import { type Cdrom, type RootDisk } from "./instance-devices";
import { withoutEmpty } from "./instance-spelling";
import { logicalName } from "./ownership";

export interface InstanceSource {
  /** Fingerprint of an image on the same server. */
  image: string;
}

export interface Wait {
  condition: "powered-off";
  timeout: string;
  stableFor: string;
}

export interface InstanceInputs extends CommonInputs {
  name: string;
  type: "container" | "virtual-machine";
  description: string;
  source?: InstanceSource | undefined;
  rootDisk?: RootDisk | undefined;
  cdroms: Cdrom[];
  config: StringMap;
  devices: Record<string, StringMap>;
  profiles: string[];
  running: boolean;
  waitFor: Wait[];
}

export interface InstanceOutputs extends InstanceInputs {
  /** The pool of the root disk, its own or a profile's. */
  rootPool?: string | undefined;
  status: string;
  architecture: string;
  location: string;
}

export type InstanceDraft = Draft<InstanceInputs>;

const volume = strict({ pool: name, name, project: name.optional(), digest: z.string().optional() });

export const schema = strict({
  name: instanceName.optional(),
  type: z.enum(["container", "virtual-machine"]).optional(),
  description: z.string().optional(),
  source: tagged<InstanceSource>({
    image: strict({
      image: z
        .string()
        .regex(/^[0-9a-f]{64}$/, { error: "must be the 64 hexadecimal digits of an image's fingerprint" }),
    }),
  }).optional(),
  rootDisk: strict({ pool: name, size: size.optional() }).optional(),
  cdroms: z.array(strict({ volume, bootPriority: z.int().min(0).optional(), name: name.optional() })).optional(),
  config: z.record(z.string(), scalar).optional(),
  devices: z.record(z.string(), z.record(z.string(), scalar)).optional(),
  profiles: z.array(name).optional(),
  running: z.boolean().optional(),
  waitFor: z
    .array(
      strict({ condition: z.literal("powered-off"), timeout: duration.optional(), stableFor: duration.optional() }),
    )
    .optional(),
  project: name.optional(),
  remote: remoteSchema,
});

export const policies: ResourceKind<InstanceInputs, InstanceOutputs>["policies"] = {
  name: "replace",
  type: "replace",
  project: "replace",
  remote: "ignore",
  description: "update",
  source: "replace",
  rootDisk: rootDiskCost,
  cdroms: "update",
  config: "update",
  devices: "update",
  profiles: "update",
  running: "update",
  waitFor: "ignore",
};

/** A root disk grows in place, but its pool is fixed, whether a profile or the program names it. */
function rootDiskCost(olds: InstanceOutputs, news: InstanceInputs): Cost {
  const pool = news.rootDisk?.pool;
  return pool === undefined || pool === (olds.rootPool ?? olds.rootDisk?.pool) ? "update" : "replace";
}

export function complete({
  draft,
  urn,
  config,
}: Completion<InstanceInputs>): Promise<{ draft: InstanceDraft; failures: Failure[] }> {
  const waitFor = eachOf(draft.waitFor, (wait) => ({ ...wait, ...waitDefaults(wait) }));
  const whole: InstanceDraft = {
    ...draft,
    name: draft.name ?? logicalName(urn),
    project: projectOf(draft, config),
    type: draft.type ?? "container",
    description: draft.description ?? "",
    cdroms: eachOf(draft.cdroms, (cdrom, i) => ({ ...cdrom, name: cdrom.name ?? `cdrom${i}` })),
    config: isUnknown(draft.config) ? draft.config : withoutEmpty(spelledOut(draft.config)),
    devices: isUnknown(draft.devices) ? draft.devices : spelledOutDevices(draft.devices),
    profiles: draft.profiles ?? ["default"],
    // A machine that is waited for until it is off is meant to be off.
    running: draft.running ?? !(Array.isArray(waitFor) && waitFor.length > 0),
    waitFor,
  };
  return Promise.resolve({ draft: whole, failures: nameFailures(draft, whole.name) });
}

function nameFailures(draft: InstanceDraft, chosen: string | undefined): Failure[] {
  if (draft.name !== undefined || instanceName.safeParse(chosen).success) return [];
  const reason = `the resource's own name "${chosen ?? ""}" cannot be a host name; set \`name\` to 1 to 63 letters, digits or dashes`;
  return [{ property: "name", reason }];
}

function waitDefaults(wait: Partial<Wait>): Pick<Wait, "timeout" | "stableFor"> {
  return { timeout: wait.timeout ?? "30m", stableFor: wait.stableFor ?? "10s" };
}

function spelledOutDevices(devices: InstanceDraft["devices"]): Record<string, StringMap> {
  return Object.fromEntries(
    Object.entries(devices ?? {}).map(([key, device]) => [key, isUnknown(device) ? device : spelledOut(device)]),
  );
}

/** A list with something done to each element; a list or an element that is unknown is passed on. */
function eachOf<T>(list: T[] | undefined, change: (item: T, i: number) => T): T[] {
  if (list === undefined) return [];
  if (isUnknown(list)) return list;
  return list.map((item, i) => (isUnknown(item) ? item : change(item, i)));
}
