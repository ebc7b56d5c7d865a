// Inputs of a project, and what a change of each input requires.
import * as z from "zod";
import { type KindDefinition, type PartialInputs } from "../../kind/kind";
import { scalar, strict } from "../../kind/schema";
import { remoteSchema } from "../shared/common";
import { type ConfigFacts, type ConfigInputs, type TypedField } from "../config-map/definition";

/** Object types that the project isolates; it shares all others with the `default` project. */
export interface Features {
  images?: boolean | undefined;
  profiles?: boolean | undefined;
  storageVolumes?: boolean | undefined;
  storageBuckets?: boolean | undefined;
  networks?: boolean | undefined;
  networkZones?: boolean | undefined;
}

export interface ProjectInputs extends ConfigInputs {
  features?: Features | undefined;
  restricted?: boolean | undefined;
}

export interface ProjectOutputs extends ProjectInputs, ConfigFacts {}

export type PartialProjectInputs = PartialInputs<ProjectInputs>;

export const projectName = z.string().regex(/^(?!\*$)[^\s/]+$/, {
  error: 'must not be empty or "*", and must not contain spaces or slashes',
});

const switchable = z.boolean().optional();

export const schema = strict({
  name: projectName.optional(),
  description: z.string().optional(),
  features: strict({
    images: switchable,
    profiles: switchable,
    storageVolumes: switchable,
    storageBuckets: switchable,
    networks: switchable,
    networkZones: switchable,
  }).optional(),
  restricted: switchable,
  config: z.record(z.string(), scalar).optional(),
  remote: remoteSchema,
});

export const policies: KindDefinition<ProjectInputs, ProjectOutputs>["policies"] = {
  name: "replace",
  description: "update",
  features: "update",
  restricted: "update",
  config: "update",
};

const featureKeys: Record<keyof Features, string> = {
  images: "features.images",
  profiles: "features.profiles",
  storageVolumes: "features.storage.volumes",
  storageBuckets: "features.storage.buckets",
  networks: "features.networks",
  networkZones: "features.networks.zones",
};

export const fields: readonly TypedField[] = [
  ...Object.entries(featureKeys).map(([field, key]) => ({ path: ["features", field], key, kind: "switch" as const })),
  { path: ["restricted"], key: "restricted", kind: "switch" },
];
