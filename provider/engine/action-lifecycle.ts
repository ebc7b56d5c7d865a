// Selects the lifecycle of a kind: the reconciler, or for a kind without an object its own operations.
import { type ActionKind, type AnyKind, type Context, type ServerInputs } from "../kind/kind";
import { type Checkpoint, type StoredResource } from "./stored-resource";
import { type CreateCall, type LifecycleOf, type Removal } from "./lifecycle";
import { isParentGone } from "./parent-gone";
import { Reconciler } from "./reconciler";

export function lifecycleOf<Inputs extends ServerInputs, Outputs extends Inputs, Found>(
  kind: AnyKind<Inputs, Outputs, Found>,
): LifecycleOf<Inputs, Outputs> {
  return "locate" in kind ? new Reconciler(kind) : new ActionLifecycle(kind);
}

/** For a kind without an object, the ID is the identity. */
class ActionLifecycle<Inputs extends ServerInputs, Outputs extends Inputs> implements LifecycleOf<Inputs, Outputs> {
  constructor(private readonly kind: ActionKind<Inputs, Outputs>) {}

  async create(context: Context, inputs: Inputs, { replaced }: CreateCall<Outputs>): Promise<Checkpoint<Outputs>> {
    const { id, outputs } = await this.kind.create({ ...context, replaced }, inputs);
    return { id, outputs, identity: id };
  }

  async read(context: Context, { id, state }: StoredResource<Outputs>): Promise<Checkpoint<Outputs> | undefined> {
    const outputs = await unlessPlaceGone(context, state, () => this.kind.read(context, id, state));
    return outputs && { id, outputs, identity: id };
  }

  async update(context: Context, inputs: Inputs, { id, state }: StoredResource<Outputs>): Promise<Checkpoint<Outputs>> {
    return { id, outputs: await this.kind.update(context, id, state, inputs), identity: id };
  }

  async remove(
    context: Context,
    { id, state, identity }: StoredResource<Outputs>,
    { isHeld }: Removal<Outputs>,
  ): Promise<void> {
    if (isHeld(identity ?? id)) return;
    await unlessPlaceGone(context, state, () => this.kind.remove(context, id, state));
  }
}

/** If its project or pool no longer exists, neither does the object. */
async function unlessPlaceGone<T>({ client }: Context, state: object, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (await isParentGone(client, state, error)) return undefined;
    throw error;
  }
}
