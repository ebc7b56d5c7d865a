// Makes the checkpoint of an object that was read: what the state will say of it.
import { type Context, type Reading, type ReconciledKind, type ServerInputs } from "../kind/kind";
import { type Checkpoint } from "./stored-resource";

/** `id`: undefined for a new object. */
export async function checkpointOf<Inputs extends ServerInputs, Outputs extends Inputs, Found>(
  kind: ReconciledKind<Inputs, Outputs, Found>,
  context: Context,
  { id, ...reading }: Reading<Inputs, Outputs, Found> & { id: string | undefined },
): Promise<Checkpoint<Outputs>> {
  const { inputs, found } = reading;
  return {
    id: id ?? kind.idOf(inputs, context.urn, found),
    outputs: await kind.toState(context, reading),
    identity: kind.identity(found, inputs),
  };
}
