// What the engine calls of a kind, whether its steps are run for it or it looks after its state by itself.
import { type Kept, type Known } from "../bookkeeping";
import { type AnyKind, type Context, type ResourceKind, type ServerInputs } from "../kind";
import { isPlaceGone } from "./place-gone";
import { type Call, type CreateCall, Reconciler, type Removal } from "./reconciler";

export interface LifecycleOf<Inputs, Outputs> {
  create: (context: Context, inputs: Inputs, call: CreateCall<Outputs>) => Promise<Kept<Outputs>>;
  /** Undefined if the object is gone. */
  read: (context: Context, known: Known<Outputs>) => Promise<Kept<Outputs> | undefined>;
  update: (context: Context, inputs: Inputs, known: Known<Outputs>, call: Call<Outputs>) => Promise<Kept<Outputs>>;
  remove: (context: Context, known: Known<Outputs>, removal: Removal<Outputs>) => Promise<void>;
}

export function lifecycleOf<Inputs extends ServerInputs, Outputs extends Inputs, Found>(
  kind: AnyKind<Inputs, Outputs, Found>,
): LifecycleOf<Inputs, Outputs> {
  return "locate" in kind ? new Reconciler(kind) : new OwnLifecycle(kind);
}

/** Of a kind that keeps its state by itself, an object is what its ID says. */
class OwnLifecycle<Inputs extends ServerInputs, Outputs extends Inputs> implements LifecycleOf<Inputs, Outputs> {
  constructor(private readonly kind: ResourceKind<Inputs, Outputs>) {}

  async create(
    context: Context,
    inputs: Inputs,
    { checkpoint, replaced, importId }: CreateCall<Outputs>,
  ): Promise<Kept<Outputs>> {
    const created = (id: string, outputs: Outputs): void => void checkpoint({ id, outputs, identity: id });
    const surroundings = { ...context, created, importId, replaced };
    const { id, outputs } = await this.kind.create(surroundings, inputs);
    return { id, outputs, identity: id };
  }

  async read(context: Context, { id, state }: Known<Outputs>): Promise<Kept<Outputs> | undefined> {
    const outputs = await unlessPlaceGone(context, state, () => this.kind.read(context, id, state));
    return outputs && { id, outputs, identity: id };
  }

  async update(
    context: Context,
    inputs: Inputs,
    { id, state }: Known<Outputs>,
    { checkpoint }: Call<Outputs>,
  ): Promise<Kept<Outputs>> {
    const kept = (outputs: Outputs): void => void checkpoint({ id, outputs, identity: id });
    return { id, outputs: await this.kind.update({ ...context, kept }, id, state, inputs), identity: id };
  }

  async remove(context: Context, { id, state, identity }: Known<Outputs>, { isHeld }: Removal<Outputs>): Promise<void> {
    if (isHeld(identity ?? id)) return;
    await unlessPlaceGone(context, state, () => this.kind.remove(context, id, state));
  }
}

/** What was in a project or pool that is gone is gone with it. */
async function unlessPlaceGone<T>({ client }: Context, state: object, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (await isPlaceGone(client, state, error)) return undefined;
    throw error;
  }
}
