// Compares the state with the inputs, field by field, and adds up the costs.
import { isDeepStrictEqual } from "node:util";
import { plain, type Props } from "../kind/props";
import { withDefaults } from "./written-inputs";
import { type Cost, type KindDefinition, type Policy, type ServerIdentity, type ServerInputs } from "../kind/kind";
import { isElsewhere } from "./server-registry";
import { differsAt, stepsOf } from "./property-path";
import { type Difference } from "./pulumi/dynamic-provider";

/** Inputs of all kinds. Another way to the same server must reach the state, because a later destroy relies on it. */
const ofServer: { [Key in keyof Required<ServerInputs>]: Cost } = { remote: "update" };

/** An input that differs, in the form in which inputs are compared. */
export interface Changed {
  key: string;
  cost: Cost;
  before: unknown;
  after: unknown;
}

export interface Comparison {
  difference: Difference;
  changed: Changed[];
}

export function difference<Inputs extends ServerInputs, Outputs extends Inputs>(
  kind: KindDefinition<Inputs, Outputs>,
  oldProps: Outputs,
  newProps: Inputs,
): Difference {
  return compare(kind, oldProps, newProps).difference;
}

export function compare<Inputs extends ServerInputs, Outputs extends Inputs>(
  kind: KindDefinition<Inputs, Outputs>,
  oldProps: Outputs,
  newProps: Inputs,
): Comparison {
  const olds = withDefaults(kind, oldProps as unknown as Props) as unknown as Outputs;
  const news = withDefaults(kind, newProps as unknown as Props) as unknown as Inputs;
  const form = kind.normalize ?? ((inputs: Inputs) => inputs);
  const [before, after] = [plain(form(olds)), plain(form(news))];
  const all = { ...ofServer, ...kind.policies };
  const policies = Object.entries(all) as [keyof Inputs & string, Policy<Inputs, Outputs>][];
  const forced = forcing(news);
  const changed = policies
    .filter(([key]) => !isDeepStrictEqual(before[key], after[key]))
    .map(([key, policy]): Changed => {
      const values = { key, before: before[key], after: after[key] };
      if (forced.some((path) => differsAt(path, { [key]: before[key] }, { [key]: after[key] }, isDeepStrictEqual)))
        return { ...values, cost: "replace" };
      return { ...values, cost: typeof policy === "function" ? policy(olds, news) : policy };
    });
  if (isElsewhere(olds as ServerIdentity, news as ServerIdentity)) {
    const moved: Changed = { key: "remote", cost: "replace", before: before.remote, after: after.remote };
    return { difference: { changes: true, replaces: ["remote"], deleteBeforeReplace: false }, changed: [moved] };
  }
  // Only an update encrypts outputs of inputs that have become secret.
  const hasOtherSecrets = !isDeepStrictEqual(secretsOf(kind.policies, olds), secretsOf(kind.policies, news));
  const replaces = changed.filter(({ cost }) => cost === "replace").map(({ key }) => key);
  // After a change by the resource option `aliases`, the object still names the former URN as its owner, which another
  // resource may get.
  const hasOtherOwner = "owner" in kind && urnOf(olds) !== urnOf(news);
  const found = {
    changes: hasOtherSecrets || hasOtherOwner || changed.some(({ cost }) => cost !== "ignore"),
    replaces,
    deleteBeforeReplace: replaces.length > 0 && kind.deleteBeforeReplace(olds, news),
  };
  return { difference: found, changed };
}

function urnOf(props: object): string | undefined {
  return (props as { __urn?: string }).__urn;
}

/** Returns the paths of secrets in inputs that can cause an update, regardless of order. */
function secretsOf(policies: Record<string, unknown>, props: object): string[] {
  const paths = (props as { __secrets?: [string, ...unknown[]][] }).__secrets ?? [];
  const own = paths.filter(([key]) => policies[key] !== "ignore");
  return own.map((path) => JSON.stringify(path)).sort();
}

/**
 * Returns the paths of the resource option `replaceOnChanges`, which the engine cannot match for a dynamic provider.
 */
function forcing(news: object): string[][] {
  const paths = (news as { __replaceOnChanges?: string[] }).__replaceOnChanges ?? [];
  return paths.map(stepsOf);
}
