// A kind that is as small as can be, to test what all kinds have in common.
import * as z from "zod";
import { type ActionKind, type CommonInputs } from "../../../provider/kind/kind";
import { name, strict } from "../../../provider/kind/schema";
import { remoteSchema } from "../../../provider/resources/shared/common";

export interface ToyInputs extends CommonInputs {
  name: string;
  size: string;
  colour?: string | undefined;
  note?: string | undefined;
  /** Computed: not to be written. */
  weight?: number | undefined;
}

export interface ToyOutputs extends ToyInputs {
  made: number;
}

export type ToyKind = ActionKind<ToyInputs, ToyOutputs>;

export function toy(changes: Partial<ToyKind> = {}): ToyKind {
  return {
    kindName: "toy",
    schema: strict({
      name,
      size: z.string(),
      colour: z.string().optional(),
      note: z.string().optional(),
      project: name.optional(),
      remote: remoteSchema,
    }),
    policies: {
      name: "replace",
      project: "replace",
      size: (olds, news) => (Number(news.size) < Number(olds.size) ? "replace" : "update"),
      colour: "update",
      note: "ignore",
      weight: "update",
    },
    validate: () => [],
    computeInputs: ({ inputs: partial, config }) =>
      Promise.resolve({
        inputs: { ...partial, project: partial.project ?? config.project ?? "default" },
        failures: [],
      }),
    preflight: () => Promise.resolve([]),
    deleteBeforeReplace: (olds, news) => olds.name === news.name,
    create: (_context, inputs) => Promise.resolve({ id: inputs.name, outputs: { ...inputs, made: 1 } }),
    read: (_context, _id, state) => Promise.resolve(state),
    update: (_context, _id, olds, news) => Promise.resolve({ ...news, made: olds.made }),
    remove: () => Promise.resolve(),
    ...changes,
  };
}
