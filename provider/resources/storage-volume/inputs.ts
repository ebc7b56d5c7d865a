// Inputs of a storage volume, and what a change of each input requires.
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { type ContentType } from "../../lxd/api/storage/data-volumes";
import {
  type CheckContext,
  type CommonInputs,
  type Cost,
  type KindDefinition,
  type PartialInputs,
} from "../../kind/kind";
import { plain } from "../../kind/props";
import { name, scalar, size, strict, tagged, volumeName } from "../../kind/schema";
import { computedProject, remoteSchema } from "../shared/common";
import { type ConfigFacts, type ConfigInputs, type TypedField } from "../config-map/definition";

export interface CopySource {
  volume: { pool: string; name: string; project?: string | undefined; snapshot?: string | undefined };
}

export interface BackupSource {
  /** Path of the backup file. */
  backup: string;
}

export type VolumeSource = CopySource | BackupSource;

export interface StorageVolumeInputs extends CommonInputs, ConfigInputs {
  pool: string;
  /** Defaults to the content type of the source. */
  contentType?: ContentType | undefined;
  size?: string | undefined;
  source?: VolumeSource | undefined;
  target?: string | undefined;
}

export interface StorageVolumeOutputs extends StorageVolumeInputs, ConfigFacts {
  location: string;
}

export type PartialStorageVolumeInputs = PartialInputs<StorageVolumeInputs>;

export const schema = strict({
  pool: name,
  name: volumeName.optional(),
  contentType: z.enum(["filesystem", "block"]).optional(),
  size: size.optional(),
  source: tagged<VolumeSource>({
    volume: strict({ volume: strict({ pool: name, name, project: name.optional(), snapshot: name.optional() }) }),
    backup: strict({ backup: name }),
  }).optional(),
  description: z.string().optional(),
  config: z.record(z.string(), scalar).optional(),
  target: name.optional(),
  project: name.optional(),
  remote: remoteSchema,
});

export const policies: KindDefinition<StorageVolumeInputs, StorageVolumeOutputs>["policies"] = {
  name: "update",
  pool: "update",
  project: "replace",
  target: (olds, news) => (news.target === undefined || news.target === olds.location ? "ignore" : "replace"),
  description: "update",
  contentType: (_, news) => (news.contentType === undefined ? "ignore" : "replace"),
  size: "update",
  source: sourceCost,
  config: "update",
};

/** The source matters only while the program specifies it; an imported volume has none and may gain any. */
function sourceCost(olds: StorageVolumeInputs, { source }: StorageVolumeInputs): Cost {
  if (source === undefined || olds.source === undefined) return "ignore";
  return isDeepStrictEqual(plain(source), plain(olds.source)) ? "ignore" : "replace";
}

export const fields: readonly TypedField[] = [{ path: ["size"], key: "size", kind: "text" }];

/** An existing volume keeps its values for inputs that the program omits. */
export function computed(check: CheckContext<StorageVolumeInputs>): PartialStorageVolumeInputs {
  const { inputs, olds } = check;
  const isBlank = inputs.source === undefined && olds === undefined;
  return { ...computedProject(check), contentType: inputs.contentType ?? (isBlank ? "filesystem" : undefined) };
}
