// The outputs that a preview can show: what the program and the check determine, and unknowns for the rest.
import { type ServedKind } from "./kinds";
import { type Props } from "../kind/props";
import { unknown } from "../kind/unknowns";
import { withDefaults } from "../engine/written-inputs";

/** The outputs of a resource that is to be created. */
export function createdOutputs(served: ServedKind, inputs: Props): Props {
  const uncertain = (served.uncertain?.(inputs) ?? []).map((key) => [key, undefined]);
  const known: Props = { ...withDefaults(served.kind, inputs), ...(Object.fromEntries(uncertain) as Props) };
  const others = names(served).filter((key) => known[key] === undefined);
  return { ...known, ...Object.fromEntries(others.map((key) => [key, unknown])) };
}

/**
 * The outputs of a resource that is to be updated. An argument that the program still omits stays what it is; other
 * outputs may change with the update.
 */
export function updatedOutputs(served: ServedKind, olds: { outputs: Props; inputs: Props }, inputs: Props): Props {
  const isOmitted = (key: string): boolean =>
    !(key in inputs) && !(key in olds.inputs) && !served.outputs.includes(key);
  const created = createdOutputs(served, inputs);
  const kept = Object.keys(created).filter((key) => created[key] === unknown && isOmitted(key) && key in olds.outputs);
  return { ...created, ...Object.fromEntries(kept.map((key) => [key, olds.outputs[key]])) };
}

function names({ kind, outputs }: ServedKind): string[] {
  const inputs = [...Object.keys(kind.schema.shape), ...Object.keys(kind.policies)];
  return [...new Set([...inputs, ...outputs])].filter((key) => !key.startsWith("__") && key !== "remote");
}
