// Reconciles an object with its inputs by running the steps of its kind, and saves a checkpoint after each step.
//
// Create and update share one flow: locate the object, create it if it is missing or incomplete, run the steps. After a
// failure or a kill at any point, the state lets the next `up` and the next `destroy` do the right thing.
import { type Checkpoint, type StoredResource } from "./stored-resource";
import { gone, isCode, LxdError } from "../base/errors";
import {
  type Context,
  type ReconcileContext,
  type ReconciledKind,
  type RemovalContext,
  type ServerInputs,
  type Step,
  type Work,
} from "../kind/kind";
import { queued } from "../base/concurrency";
import { type Call, type CreateCall, type LifecycleOf, type Removal } from "./lifecycle";
import { checkpointOf } from "./checkpoint";
import { Creation } from "./creation";
import { isParentGone } from "./parent-gone";
import { heldBy } from "./run-registry";

export class Reconciler<Inputs extends ServerInputs, Outputs extends Inputs, Found> implements LifecycleOf<
  Inputs,
  Outputs
> {
  readonly #creation: Creation<Inputs, Outputs, Found>;

  constructor(private readonly kind: ReconciledKind<Inputs, Outputs, Found>) {
    this.#creation = new Creation(kind);
  }

  async create(context: Context, inputs: Inputs, call: CreateCall<Outputs>): Promise<Checkpoint<Outputs>> {
    const { importId, replaced } = call;
    const id = this.kind.idOf(inputs, context.urn);
    const verb = importId === undefined ? "create" : "import";
    return this.#during(`${verb} ${this.kind.kindName} ${id}`, async () => {
      if (importId !== undefined) return this.#import(context, inputs, call);
      const extended = { ...context, replaced };
      const isRecorded = this.kind.leftover?.(extended) !== "unrecorded";
      const recorded = isRecorded ? call : { ...call, checkpoint: () => undefined };
      const made = call.isKnownAbsent(id) ? await this.#creation.makeAbsent(extended, inputs, recorded) : undefined;
      const left = made === undefined ? await this.#leftover(extended, inputs, call) : undefined;
      const used = left && this.#adoptionNotice(extended, inputs, left);
      if (used !== undefined) context.warn(used);
      const found = made ?? left ?? (await this.#creation.make(extended, inputs, recorded));
      const work = { context: extended, inputs, olds: undefined, isNew: left === undefined };
      return this.#run(work, found, { id: undefined, call: recorded });
    });
  }

  async read(
    context: Context,
    { id, state: known, identity }: StoredResource<Outputs>,
  ): Promise<Checkpoint<Outputs> | undefined> {
    return this.#during(`read ${this.kind.kindName} ${id}`, async () => {
      const { inputs, state } = this.#stored(id, known, identity);
      const found = await this.#locate(context, inputs, identity);
      if (found === undefined) return undefined;
      const read = await checkpointOf(this.kind, context, { id, inputs, found, state, moment: "read" });
      return state === undefined ? { ...read, owner: this.kind.owner?.(found) } : read;
    });
  }

  /** If only the ID is known (`IsoVolume.get`), the object is read without a state. */
  #stored(id: string, state: Outputs, identity: string | undefined): { inputs: Inputs; state: Outputs | undefined } {
    if (identity !== undefined) return { inputs: state, state };
    return { inputs: this.kind.fromId(id, state), state: undefined };
  }

  async update(
    context: Context,
    inputs: Inputs,
    known: StoredResource<Outputs>,
    call: Call<Outputs>,
  ): Promise<Checkpoint<Outputs>> {
    const { id, state } = known;
    return this.#during(`update ${this.kind.kindName} ${id}`, async () => {
      const extended = { ...context, replaced: undefined };
      const located = await this.#locateEither(context, [state, inputs], known.identity);
      const isUsable = !known.isIncomplete || this.kind.leftover !== undefined;
      const isComplete = located !== undefined && isUsable && this.#isComplete(located, true);
      if (located !== undefined && !isComplete) await this.#clear(context, located, state);
      const usable = located !== undefined && isComplete ? located : await this.#leftover(extended, inputs, call);
      const found =
        usable ?? (await this.#creation.make(extended, inputs, { ...call, checkpoint: underSameId(id, call) }));
      const work = { context: extended, inputs, olds: state, isNew: usable === undefined };
      return this.#run(work, found, { id, call });
    });
  }

  /**
   * Deletes the object with the state's identity if it belongs to this resource. A destroy deletes all states of a
   * resource at once, and two of them may refer to the same object: the second one must find that it no longer exists.
   */
  async remove(context: Context, known: StoredResource<Outputs>, removal: Removal<Outputs>): Promise<void> {
    await queued(["delete", context.urn], () => this.#remove(context, known, removal));
  }

  async #remove(
    context: Context,
    { id, state, identity }: StoredResource<Outputs>,
    removal: Removal<Outputs>,
  ): Promise<void> {
    const what = `${this.kind.kindName} ${id}`;
    await this.#during(`delete ${what}`, async () => {
      const { isReplaced, live } = removal;
      const extended = { ...context, isReplaced, live };
      const isHeldBefore = identity !== undefined && removal.isHeld(identity);
      const found = isHeldBefore ? undefined : await this.#locate(context, state, identity);
      const isHeld = isHeldBefore || (found !== undefined && removal.isHeld(this.kind.identity(found, state)));
      if (isHeld) context.warn(`the ${what} stays: ${heldByNew}`);
      if (isHeld || found === undefined) {
        await this.kind.removeRest?.(extended, state);
        return;
      }
      const stranger = this.#strangerIn(found, removal);
      if (stranger !== undefined) {
        context.warn(`the ${what} stays: ${stranger}`);
        return;
      }
      // The object still bears the URN of the resource from which it was imported.
      const former = removal.adoptedFrom === this.kind.owner?.(found) ? removal.adoptedFrom : undefined;
      await this.#drop({ ...extended, urn: former ?? context.urn }, found, { state, identity });
    });
  }

  async #drop(
    context: RemovalContext<Outputs>,
    found: Found,
    { state, identity }: Pick<StoredResource<Outputs>, "state" | "identity">,
  ): Promise<void> {
    try {
      await this.kind.remove(context, found, state);
    } catch (error) {
      if (isCode(error, "not-found")) return;
      // Without a response, the object may have been deleted nevertheless.
      if (!isCode(error, "unavailable") || (await this.#locate(context, state, identity)) !== undefined) throw error;
    }
  }

  #strangerIn(found: Found, { urn, mayBeUnmarked, adoptedFrom }: Removal<Outputs>): string | undefined {
    if (this.kind.owner === undefined) return undefined;
    const owner = this.kind.owner(found);
    if (owner === urn || (owner === undefined && mayBeUnmarked) || (owner ?? "") === adoptedFrom) return undefined;
    return owner === undefined ? "nothing on it shows that it belongs to this resource" : `it belongs to ${owner}`;
  }

  /** Returns the object that an earlier run of this resource left under the name, if it is usable. */
  async #leftover(
    context: ReconcileContext<Outputs>,
    inputs: Inputs,
    { otherHolderOf }: Call<Outputs>,
  ): Promise<Found | undefined> {
    await this.kind.settle?.(context, inputs);
    const found = await this.kind.locate(context, inputs);
    if (found === undefined) return undefined;
    const holder = otherHolderOf(this.kind.identity(found, inputs));
    if (holder !== undefined) throw heldBy(this.kind.kindName, holder);
    const conflict = await this.kind.conflict(found, inputs, context);
    if (conflict !== undefined) throw conflict;
    if (this.#isComplete(found, false)) return found;
    await this.#clear(context, found, inputs as Outputs);
    return undefined;
  }

  #adoptionNotice(context: ReconcileContext<Outputs>, inputs: Inputs, found: Found): string | undefined {
    if (this.kind.adoptionNotice !== undefined) return this.kind.adoptionNotice(found, inputs, context);
    const { urn, replaced } = context;
    const cause =
      replaced === undefined ? "an earlier run of this resource created it" : "it is the one to be replaced";
    const id = this.kind.idOf(inputs, urn, found);
    return `${this.kind.kindName} ${id} exists and is reused: ${cause}. ${ofReplacement}`;
  }

  /** Deletes an object that may be incomplete, so that it can be created again. */
  async #clear(context: Context, found: Found, state: Outputs): Promise<void> {
    context.status("removing what an earlier run left unfinished");
    await this.kind.settle?.(context, state);
    const identity = this.kind.identity(found, state);
    await this.#drop({ ...context, isReplaced: true, live: undefined }, found, { state, identity });
  }

  async #run(
    work: Work<Inputs, Outputs>,
    start: Found,
    { id, call }: { id: string | undefined; call: Call<Outputs> },
  ): Promise<Checkpoint<Outputs>> {
    const { context, inputs, olds } = work;
    let found = start;
    for (const step of this.kind.steps(work)) {
      const changed = await this.#step(work, step, { found, id, call });
      if (changed === false) continue;
      const identity = changed === "relocated" ? undefined : this.kind.identity(found, inputs);
      found = await this.#locateAgain(context, work, identity);
      call.checkpoint(await checkpointOf(this.kind, context, { id, inputs, found, state: olds, moment: "checkpoint" }));
    }
    return checkpointOf(this.kind, context, { id, inputs, found, state: olds, moment: "settled" });
  }

  /** Runs a step. A failed step may have done part of its work, so it saves a checkpoint too. */
  async #step(
    work: Work<Inputs, Outputs>,
    step: Step<Found>,
    { found, id, call }: { found: Found; id: string | undefined; call: Call<Outputs> },
  ): Promise<boolean | "relocated"> {
    const { context, inputs, olds } = work;
    try {
      return await step.run(found);
    } catch (error) {
      const identity = this.kind.identity(found, inputs);
      const looking = { ...context, client: context.client.forLastLook() };
      const now = await this.#locateAgain(looking, work, identity).catch(() => undefined);
      if (now === undefined) throw error;
      const kept = await checkpointOf(this.kind, looking, {
        id,
        inputs,
        found: now,
        state: olds,
        moment: "checkpoint",
      });
      // A refresh may find no difference from the program although steps remain.
      call.checkpoint(this.kind.leftover === undefined ? kept : { ...kept, isIncomplete: true });
      throw error;
    }
  }

  async #locateAgain(
    context: Context,
    { inputs, olds }: Work<Inputs, Outputs>,
    identity: string | undefined,
  ): Promise<Found> {
    // The state knows the cluster member. After a change of the identity, only the inputs tell where the object is.
    const places = olds === undefined || identity === undefined ? [inputs] : [olds, inputs];
    const found = await this.#locateEither(context, places, identity);
    if (found !== undefined) return found;
    throw gone(this.kind.kindName);
  }

  async #import(context: Context, inputs: Inputs, { otherHolderOf }: Call<Outputs>): Promise<Checkpoint<Outputs>> {
    const found = await this.kind.locate(context, inputs);
    if (found === undefined) throw gone(this.kind.kindName);
    const holder = otherHolderOf(this.kind.identity(found, inputs));
    if (holder !== undefined) throw heldBy(this.kind.kindName, holder);
    await this.kind.adopt?.(context, inputs, found);
    const adopted = this.kind.adopt === undefined ? found : ((await this.kind.locate(context, inputs)) ?? found);
    const reading = { id: undefined, inputs, found: adopted, state: undefined, moment: "read" } as const;
    return checkpointOf(this.kind, context, reading);
  }

  async #locateEither(context: Context, places: Inputs[], identity: string | undefined): Promise<Found | undefined> {
    for (const at of places) {
      const found = await this.#locate(context, at, identity);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** If its project or pool no longer exists, neither does the object. */
  async #locate(context: Context, at: Inputs, identity: string | undefined): Promise<Found | undefined> {
    try {
      return await this.kind.locate(context, at, identity);
    } catch (error) {
      if (await isParentGone(context.client, at, error)) return undefined;
      throw error;
    }
  }

  #isComplete(found: Found, isKnown: boolean): boolean {
    return this.kind.isComplete?.(found, isKnown) ?? true;
  }

  async #during<T>(doing: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw LxdError.from(error).during(doing);
    }
  }
}

/** Pulumi keeps the ID of a resource that it updates. */
function underSameId<Outputs>(id: string, { checkpoint }: Call<Outputs>): Call<Outputs>["checkpoint"] {
  return (kept) => checkpoint({ ...kept, id });
}

const heldByNew = "the live state of a resource holds the same object";
const ofReplacement =
  "If it was to be replaced (`pulumi up --replace`), set the resource option deleteBeforeReplace: two objects with the same name cannot exist at the same time.";
