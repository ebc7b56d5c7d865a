// Inputs of an ISO volume, and what a change of each input requires.
import * as z from "zod";
import { type CommonInputs, type Cost, type KindDefinition, type PartialInputs } from "../../kind/kind";
import { name, strict, volumeName } from "../../kind/schema";
import { remoteSchema } from "../shared/common";
import { type IsoSource, sourceSchema } from "./source";

export interface IsoVolumeInputs extends CommonInputs {
  pool: string;
  name: string;
  description: string;
  /** Absent only for a volume that was imported without a source. */
  source?: IsoSource | undefined;
  target?: string | undefined;
  allowAnyContent: boolean;
  trustContent: boolean;
  overwrite: boolean;
  /** Computed: identifies the content. */
  digest: string;
}

export interface IsoVolumeOutputs extends IsoVolumeInputs {
  sizeBytes: number;
  location: string;
  createdAt: string;
}

export type PartialIsoVolumeInputs = PartialInputs<IsoVolumeInputs>;

/** The digest of a volume that was imported without a source: its content has not been specified. */
export const unverified = "unverified";

export const schema = strict({
  pool: name,
  name: volumeName.optional(),
  project: name.optional(),
  remote: remoteSchema,
  target: name.optional(),
  description: z.string().optional(),
  source: sourceSchema.optional(),
  allowAnyContent: z.boolean().optional(),
  trustContent: z.boolean().optional(),
  overwrite: z.boolean().optional(),
});

export const policies: KindDefinition<IsoVolumeInputs, IsoVolumeOutputs>["policies"] = {
  pool: "replace",
  name: "replace",
  project: "replace",
  target: targetCost,
  description: "update",
  source: "ignore",
  allowAnyContent: "ignore",
  trustContent: "ignore",
  overwrite: "ignore",
  digest: digestCost,
};

/** If the program adds a source to an imported volume and sets `trustContent`, only the state changes. */
function digestCost(olds: IsoVolumeInputs, news: IsoVolumeInputs): Cost {
  return olds.digest === unverified && news.trustContent ? "update" : "replace";
}

/** Specifying the member that already holds the volume, or omitting `target`, moves nothing. */
function targetCost(olds: IsoVolumeInputs & { location?: string }, news: IsoVolumeInputs): Cost {
  return news.target === undefined || news.target === olds.location ? "ignore" : "replace";
}
