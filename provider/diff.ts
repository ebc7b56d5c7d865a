// Compares what is with what is wanted, field by field, and adds up the costs.
import { isDeepStrictEqual } from "node:util";
import { plain } from "./plain";
import { type CommonInputs, type Policy, type ResourceKind } from "./kind";

export interface Difference {
  changes: boolean;
  replaces: string[];
  deleteBeforeReplace: boolean;
}

export function difference<Inputs extends CommonInputs, Outputs extends Inputs>(
  kind: ResourceKind<Inputs, Outputs>,
  olds: Outputs,
  news: Inputs,
): Difference {
  const form = kind.comparable ?? ((inputs: Inputs) => inputs);
  const [before, after] = [plain(form(olds)), plain(form(news))];
  const policies = Object.entries(kind.policies) as [keyof Inputs & string, Policy<Inputs, Outputs>][];
  const costs = policies
    .filter(([key]) => !isDeepStrictEqual(before[key], after[key]))
    .map(([key, policy]) => [key, typeof policy === "function" ? policy(olds, news) : policy] as const);
  const replaces = costs.filter(([, cost]) => cost === "replace").map(([key]) => key);
  return {
    changes: costs.some(([, cost]) => cost !== "ignore"),
    replaces,
    deleteBeforeReplace: replaces.length > 0 && kind.deleteBeforeReplace(olds, news),
  };
}
