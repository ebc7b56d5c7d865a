// Creates an object, and saves a checkpoint of what a failed create may have left.
import { isCode, LxdError } from "../base/errors";
import { type ReconcileContext, type ReconciledKind, type ServerInputs } from "../kind/kind";
import { checkpointOf } from "./checkpoint";
import { type Call } from "./lifecycle";

export class Creation<Inputs extends ServerInputs, Outputs extends Inputs, Found> {
  constructor(private readonly kind: ReconciledKind<Inputs, Outputs, Found>) {}

  /** Creates an object that did not exist when it was checked. Returns undefined if it exists meanwhile. */
  async makeAbsent(
    context: ReconcileContext<Outputs>,
    inputs: Inputs,
    call: Call<Outputs>,
  ): Promise<Found | undefined> {
    try {
      return await this.make(context, inputs, call);
    } catch (error) {
      if (isCode(error, "already-exists")) return undefined;
      throw error;
    }
  }

  async make(context: ReconcileContext<Outputs>, inputs: Inputs, call: Call<Outputs>): Promise<Found> {
    const made = await this.#created(context, inputs, call);
    try {
      const found = made?.object ?? (await this.kind.locate(context, inputs, made?.identity));
      if (found === undefined) {
        const why = `the server reported success, but there is no ${this.kind.kindName}`;
        throw new LxdError({ code: "failed", why });
      }
      const reading = { id: undefined, inputs, found, state: undefined, moment: "created" } as const;
      call.checkpoint(await checkpointOf(this.kind, context, reading));
      return found;
    } catch (error) {
      // A single failed request must not make the state lose the object, which the server has reported as complete.
      await this.#keepRest(context, inputs, { call, isSeenComplete: true });
      throw error;
    }
  }

  /** Creates the object. Returns its identity if the server's response contains it, or the object if it was read. */
  async #created(
    context: ReconcileContext<Outputs>,
    inputs: Inputs,
    call: Call<Outputs>,
  ): Promise<{ identity?: string; object?: Found | undefined } | undefined> {
    try {
      const made = await this.kind.create(context, inputs);
      return typeof made === "string" ? { identity: made } : (made ?? undefined);
    } catch (error) {
      // An object that already had the name was not left by this create, unless the kind can resume, which it
      // recognizes by more than the name.
      const isStranger = isCode(error, "already-exists") && this.kind.leftover === undefined;
      if (!isStranger) await this.#keepRest(context, inputs, { call, isSeenComplete: false });
      throw error;
    }
  }

  /** Saves a checkpoint of what a failed create may have left, until the next run. */
  async #keepRest(
    context: ReconcileContext<Outputs>,
    inputs: Inputs,
    { call, isSeenComplete }: { call: Call<Outputs>; isSeenComplete: boolean },
  ): Promise<void> {
    // The user must see the first error, even if the server cannot be reached now.
    const looking = { ...context, client: context.client.forLastLook() };
    const found = await this.#left(looking, inputs).catch(() => undefined);
    if (found === undefined) return;
    const reading = { id: undefined, inputs, found, state: undefined, moment: "created" } as const;
    const kept = await checkpointOf(this.kind, looking, reading);
    // A resumable object stays incomplete in the state, which makes the next run resume it.
    const isComplete = isSeenComplete && this.kind.leftover === undefined;
    call.checkpoint(isComplete ? kept : { ...kept, isIncomplete: true });
  }

  /** The server may complete a request shortly after its response was lost or the run was cancelled. */
  async #left(context: ReconcileContext<Outputs>, inputs: Inputs, looks = 3): Promise<Found | undefined> {
    const found = await this.kind.locate(context, inputs);
    if (found === undefined) {
      if (looks <= 1) return undefined;
      await context.client.pause(betweenLooksMs);
      return this.#left(context, inputs, looks - 1);
    }
    const isOurs = this.kind.isLeftover?.(found) ?? (await this.kind.conflict(found, inputs, context)) === undefined;
    return isOurs ? found : undefined;
  }
}

/** A run must end within two seconds of Ctrl-C. */
const betweenLooksMs = 150;
