// The resource option `ignoreChanges` during an import: an ignored input takes the value that the object has.
//
// Afterwards Pulumi sends the stored input again, so it must be the object's and not the program's.
import { type Context, type KindDefinition, type PartialInputs, type ReconciledKind } from "../kind/kind";
import { type Props } from "../kind/props";
import { hasUnknown } from "../kind/unknowns";
import { type ServerInputs } from "../kind/kind";
import { stepsOf, withValuesOf } from "./property-path";

/** The source of an object is not on the server, and may be omitted in an import. */
export function withoutIgnoredSource(written: Props, ignored: readonly string[]): Props {
  const { source, ...rest } = written;
  return source !== undefined && ignored.includes("source") ? rest : written;
}

/** The inputs with the object's own values at the ignored paths. An object that cannot be read is reported elsewhere. */
export async function withIgnored<Inputs extends ServerInputs, Outputs extends Inputs>(
  kind: KindDefinition<Inputs, Outputs>,
  inputs: PartialInputs<Inputs>,
  { ignored, context }: { ignored: readonly string[]; context: () => Context },
): Promise<PartialInputs<Inputs>> {
  const paths = ignored.map(stepsOf).filter(([key = ""]) => key in kind.policies && key !== "source");
  if (paths.length === 0 || hasUnknown(inputs) || !isReconciled(kind)) return inputs;
  const state = await stateOf(kind, context(), inputs as Inputs).catch(() => undefined);
  if (state === undefined) return inputs;
  return withValuesOf(state, paths, { ...inputs }) as PartialInputs<Inputs>;
}

async function stateOf<Inputs extends ServerInputs, Outputs extends Inputs>(
  kind: ReconciledKind<Inputs, Outputs, unknown>,
  context: Context,
  inputs: Inputs,
): Promise<Outputs | undefined> {
  const found = await kind.locate(context, inputs);
  return found === undefined ? undefined : kind.toState(context, { inputs, found, state: undefined, moment: "read" });
}

function isReconciled<Inputs extends ServerInputs, Outputs extends Inputs>(
  kind: KindDefinition<Inputs, Outputs>,
): kind is ReconciledKind<Inputs, Outputs, unknown> {
  return "toState" in kind;
}
