// What the engine calls of a kind, whether it has an object that steps are run on or only does something.
import { type Checkpoint, type StoredResource } from "./stored-resource";
import { type Context, type PartialInputs } from "../kind/kind";

export interface LifecycleOf<Inputs, Outputs> {
  create: (context: Context, inputs: Inputs, call: CreateCall<Outputs>) => Promise<Checkpoint<Outputs>>;
  /** Undefined if the object is gone. */
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
  /** The URN of another resource that holds an object in this run, so that nobody else may have it. */
  otherHolderOf: (identity: string) => string | undefined;
}

export interface CreateCall<Outputs> extends Call<Outputs> {
  /** The ID of the object that is to be imported instead of made. */
  importId: string | undefined;
  replaced: PartialInputs<Outputs> | undefined;
}

export interface Removal<Outputs> {
  /** The URN under which the state was written. */
  urn: string;
  /** Whether the state is of a release that did not mark what it imported. */
  mayBeUnmarked: boolean;
  /** Whether the program still has the resource. */
  isReplaced: boolean;
  /** The state of what has replaced the object. */
  live: Outputs | undefined;
  /** Whether a live state of this run holds the object. */
  isHeld: (identity: string) => boolean;
}
