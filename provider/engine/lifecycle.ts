// The operations that the engine calls, for kinds with steps and for kinds without an object alike.
import { type Checkpoint, type StoredResource } from "./stored-resource";
import { type Context, type PartialInputs } from "../kind/kind";

export interface LifecycleOf<Inputs, Outputs> {
  create: (context: Context, inputs: Inputs, call: CreateCall<Outputs>) => Promise<Checkpoint<Outputs>>;
  /** Returns undefined if the object no longer exists. */
  read: (context: Context, known: StoredResource<Outputs>) => Promise<Checkpoint<Outputs> | undefined>;
  update: (
    context: Context,
    inputs: Inputs,
    known: StoredResource<Outputs>,
    call: Call<Outputs>,
  ) => Promise<Checkpoint<Outputs>>;
  remove: (context: Context, known: StoredResource<Outputs>, removal: Removal<Outputs>) => Promise<void>;
}

export interface Call<Outputs> {
  checkpoint: (kept: Checkpoint<Outputs>) => unknown;
  /** Returns the URN of another resource that holds the object in this run, which rules out using it. */
  otherHolderOf: (identity: string) => string | undefined;
}

export interface CreateCall<Outputs> extends Call<Outputs> {
  /** The ID of the object to import instead of creating one. */
  importId: string | undefined;
  replaced: PartialInputs<Outputs> | undefined;
  /** Whether the check of this run has found that there is no object of this ID. */
  isKnownAbsent: (id: string) => boolean;
}

export interface Removal<Outputs> {
  /** The URN under which the state was written. */
  urn: string;
  /** Whether an older release wrote the state, which did not mark imported objects. */
  mayBeUnmarked: boolean;
  /**
   * The owner that the object had when `read` imported it, which writes nothing: empty if none. Undefined for an object
   * that bears the URN of this resource.
   */
  adoptedFrom: string | undefined;
  /** Whether the program still contains the resource. */
  isReplaced: boolean;
  /** The state of the object that replaced this one. */
  live: Outputs | undefined;
  /** Tests whether a live state of this run holds the object. */
  isHeld: (identity: string) => boolean;
}
