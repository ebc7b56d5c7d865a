// Inputs of a storage pool, and what a change of each input requires.
import * as z from "zod";
import { type StringMap } from "../../lxd/api/instance/instances";
import { type KindDefinition, type PartialInputs } from "../../kind/kind";
import { name, scalar, size, strict } from "../../kind/schema";
import { remoteSchema } from "../shared/common";
import { type ConfigFacts, type ConfigInputs, type TypedField } from "../config-map/definition";

export interface StoragePoolInputs extends ConfigInputs {
  driver: string;
  source?: string | undefined;
  size?: string | undefined;
  memberConfig?: Record<string, StringMap> | undefined;
}

export interface StoragePoolOutputs extends StoragePoolInputs, ConfigFacts {
  status: string;
}

export type PartialStoragePoolInputs = PartialInputs<StoragePoolInputs>;

export const poolName = z.string().regex(/^[^\s/]+$/, { error: "must not be empty or contain spaces or slashes" });

export const schema = strict({
  name: poolName.optional(),
  driver: name,
  description: z.string().optional(),
  source: name.optional(),
  size: size.optional(),
  config: z.record(z.string(), scalar).optional(),
  memberConfig: z.record(z.string(), z.record(z.string(), z.string())).optional(),
  remote: remoteSchema,
});

export const policies: KindDefinition<StoragePoolInputs, StoragePoolOutputs>["policies"] = {
  name: "replace",
  driver: "replace",
  description: "update",
  // Omitting `source` leaves the pool where it is.
  source: (_, news) => (news.source === undefined ? "ignore" : "replace"),
  size: "update",
  config: "update",
  // Applies only when the pool is created.
  memberConfig: "ignore",
};

export const fields: readonly TypedField[] = [
  { path: ["source"], key: "source", kind: "text" },
  { path: ["size"], key: "size", kind: "text" },
];
