// The contract of a resource kind: its inputs, the cost of a change, and its operations.
import type * as z from "zod";
import { type Client } from "../lxd/client/core/client";
import { type ConnectionConfig, type RemoteInputs } from "../lxd/client/discovery/location";
import { type LxdError } from "../base/errors";
import { type Failure } from "./failure";

export { type Failure };

/** The cost of a changed input: an in-place update, a replacement, or nothing. */
export type Cost = "update" | "replace" | "ignore";

/** A fixed cost, or a function that computes the cost of a particular change. */
export type Policy<Inputs, Outputs extends Inputs = Inputs> = Cost | ((olds: Outputs, news: Inputs) => Cost);

/** Inputs of every kind. */
export interface ServerInputs {
  /** The server; undefined selects the stack's own. */
  remote?: RemoteInputs | undefined;
}

/** Inputs of every kind that belongs to a project. */
export interface CommonInputs extends ServerInputs {
  project: string;
}

export interface StackConfig extends ConnectionConfig {
  project?: string | undefined;
  parallel?: string | undefined;
  /** How many golden images may be built at the same time. */
  parallelBuilds?: string | undefined;
}

/** What the operations of a kind work with. */
export interface Context {
  client: Client;
  /** Returns a client for another server, such as an image server, with the same client identity. */
  connect: (remote: RemoteInputs) => Client;
  /**
   * Returns a client for the server that holds an object of this resource: the server that the name now selects, if it
   * is the same one; otherwise the address where the server was last reached.
   */
  serverOf: (remote: RemoteInputs | undefined, known: ServerIdentity) => Promise<Client>;
  /** The resource's URN, which identifies the owner of objects. */
  urn: string;
  /** Displays progress on the resource's row in Pulumi's display. */
  status: (text: string) => void;
  /** Adds a line to Pulumi's diagnostics, for what users must know although nothing failed. */
  warn: (text: string) => void;
  /** Fires when the run is cancelled or the engine exits. Clients already observe it. */
  signal: AbortSignal;
  config: StackConfig;
}

/** Inputs of which any part may be missing or unknown; invalid parts are replaced by unknown. */
export type PartialInputs<Inputs> = { [Key in keyof Inputs]?: Inputs[Key] | undefined };

export interface CheckContext<Inputs> {
  inputs: PartialInputs<Inputs>;
  /** The inputs of the last run, if the resource exists. */
  olds: PartialInputs<Inputs> | undefined;
  /** Computed inputs to keep unchanged, because the program ignores changes of their source. */
  unchanged: PartialInputs<Inputs>;
  /** The inputs of the object that this one is about to replace. */
  replaced: PartialInputs<Inputs> | undefined;
  /** The ID of an object to adopt instead of creating one, from the resource option `import`. */
  importId: string | undefined;
  urn: string;
  /** Whether the program marks a property, a part of it, or what contains it, as secret. */
  isSecret: (property: string) => boolean;
  /** The name of the object if the program specifies none. */
  automaticName: string;
  config: StackConfig;
  status: (text: string) => void;
  /** See `Context`. */
  signal: AbortSignal;
  /**
   * Returns a client, for inputs that cannot be computed without the server. Most can: a preview without changes sends
   * no request.
   */
  client: () => Client;
  /** Returns a client for another server, such as an image server, with the same client identity. */
  connect: (remote: RemoteInputs) => Client;
  /**
   * Records that the server has no object of this kind and ID, so that the create need not look for one. Only for
   * objects that the server refuses to create twice.
   */
  noteAbsent: (kindName: string, id: string) => void;
}

/** The result of a create. */
export interface CreateResult<Outputs> {
  id: string;
  outputs: Outputs;
}

/** The inputs of a kind and the cost of changing them: everything that `check` and `diff` need. */
export interface KindDefinition<Inputs extends ServerInputs, Outputs extends Inputs> {
  /** Name of the kind in messages, for example `ISO volume`. */
  kindName: string;
  /** The input schema, without refinements across fields and without defaults. */
  schema: z.ZodObject;
  /**
   * The cost of a change for each of the kind's own inputs. The cost of changing the server is the same for all kinds;
   * see `diff.ts`.
   */
  policies: { [Key in Exclude<keyof Required<Inputs>, keyof ServerInputs>]: Policy<Inputs, Outputs> };
  /** Returns the failures that involve more than one field. */
  validate: (partial: PartialInputs<Inputs>) => Failure[];
  /**
   * Applies defaults and normalizes spellings. Pure and idempotent, because it runs whenever inputs are used: the state
   * stores only what the program wrote. Passes unknown values through.
   */
  applyDefaults?: (partial: PartialInputs<Inputs>) => PartialInputs<Inputs>;
  /** Applies defaults and computes inputs on the program's side, such as the hash of a file. */
  computeInputs: (check: CheckContext<Inputs>) => Promise<{ inputs: PartialInputs<Inputs>; failures: Failure[] }>;
  /** Inputs that the state omits while they have their defaults. Programs that read them as outputs get what they wrote. */
  omittedDefaults?: readonly string[];
  /** Asks the server for failures before anything is changed. Called only for an object to be created. */
  preflight: (client: Client, check: CheckContext<Inputs>) => Promise<Failure[]>;
  /** Asks the server for failures of a change to an existing object. */
  preflightChange?: (client: Client, check: CheckContext<Inputs>) => Promise<Failure[]>;
  /**
   * Outputs that an object may lack. The state has null for them, so that a preview shows them as absent: an output that
   * the state does not contain is unknown in every preview.
   */
  mayLack?: readonly (keyof Outputs & string)[];
  /** Returns the form in which inputs are compared: `8GiB` and `8192MiB` are equal. Default: unchanged. */
  normalize?: (inputs: Inputs) => Inputs;
  /** The inputs that form the object's name on the server, which must be unique in a program. Default: no check. */
  uniqueName?: { what: string; parts: readonly string[] };
  /** Whether the old object must be deleted before the new one can be created. */
  deleteBeforeReplace: (olds: Outputs, news: Inputs) => boolean;
}

/** How a kind reads the states of older releases. */
export interface StateUpgrades<Inputs extends ServerInputs, Outputs extends Inputs> {
  kindName: string;
  /** One pure function of the state per schema version, each upgrading from the previous version. */
  upgrades?: ((state: Record<string, unknown>) => Record<string, unknown>)[];
  /** Returns the identity that a state implies if it was written before identities were stored. */
  identityOfState?: (state: Outputs) => string | undefined;
}

/** A kind whose steps the engine runs. */
export interface ReconciledKind<Inputs extends ServerInputs, Outputs extends Inputs, Found>
  extends KindDefinition<Inputs, Outputs>, StateUpgrades<Inputs, Outputs> {
  /** The resource's ID in Pulumi; before the object is found, the expected ID, for messages. */
  idOf: (inputs: Inputs, urn: string, found?: Found) => string;
  /** Waits for operations that the server may still be running on an object of an earlier run. */
  settle?: (context: Context, inputs: Inputs) => Promise<unknown>;
  /**
   * Finds the object at the location of `at`. If an identity is given and that location holds another object or none,
   * finds the object with that identity anywhere. Undefined if there is none.
   */
  locate: (context: Context, at: Inputs, identity?: string) => Promise<Found | undefined>;
  /**
   * A value that the server never changes during the object's lifetime. For kinds without one, its name and location.
   */
  identity: (found: Found, at: Inputs) => string;
  identityOfState: (state: Outputs) => string | undefined;
  /** The URN of the resource that owns the object, as far as the server can tell; omitted if it never can. */
  owner?: (found: Found) => string | undefined;
  /**
   * Whether the object is complete; an incomplete object is created again. `isKnown` means that the state records a run
   * that saw it complete. Default: complete.
   */
  isComplete?: (found: Found, isKnown: boolean) => boolean;
  /**
   * Returns why an existing object cannot become this resource's. Only an object that an earlier run left behind can.
   */
  conflict: (
    found: Found,
    inputs: Inputs,
    context: ReconcileContext<Outputs>,
  ) => LxdError | undefined | Promise<LxdError | undefined>;
  /** Whether an object found after a failed create was left by it. Default: any object without a conflict. */
  isLeftover?: (found: Found) => boolean;
  /** The notice for the user when an existing object is used. Omitted: that an earlier run created it. */
  adoptionNotice?: (found: Found, inputs: Inputs, context: ReconcileContext<Outputs>) => string | undefined;
  /**
   * Creates the object and records its owner, in one request. Returns its identity if only the server's response
   * contains it, or the object if it was read after that.
   */
  create: (
    context: ReconcileContext<Outputs>,
    inputs: Inputs,
  ) => Promise<void> | Promise<string> | Promise<{ object: Found | undefined }>;
  /**
   * What happens to the leftover of a failed create. By default, the next run deletes it and creates the object again.
   * `resumed`: the next run continues with it. `unrecorded`: the same, and until then the state remains that of the
   * replaced object.
   */
  leftover?: (context: ReconcileContext<Outputs>) => "resumed" | "unrecorded";
  /** Records the new owner on an imported object. */
  adopt?: (context: Context, inputs: Inputs, found: Found) => Promise<void>;
  /**
   * The steps, in order. Each inspects the object that was found, does one thing if necessary, and reports whether it
   * did.
   */
  steps: (work: Work<Inputs, Outputs>) => Step<Found>[];
  /** The only mapping from the server's object to the state. */
  toState: (context: Context, reading: Reading<Inputs, Outputs, Found>) => Promise<Outputs>;
  /** Deletes the object that was located. An object that no longer exists counts as deleted. */
  remove: (context: RemovalContext<Outputs>, found: Found, state: Outputs) => Promise<void>;
  /**
   * Deletes what the resource has created besides its object, if the object no longer exists or the live state owns it.
   */
  removeRest?: (context: RemovalContext<Outputs>, state: Outputs) => Promise<void>;
  /** Returns the inputs for reading an object of which only the ID is known. */
  fromId: (id: string, state: PartialInputs<Outputs>) => Inputs;
}

export interface ReconcileContext<Outputs> extends Context {
  /** The inputs of the object that this one replaces, if known. */
  replaced: PartialInputs<Outputs> | undefined;
}

export interface RemovalContext<Outputs = object> extends Context {
  /**
   * Whether the program still contains the resource: then the object was replaced, and the resource's other objects
   * stay.
   */
  isReplaced: boolean;
  /** The state of the object that replaced it, as far as this run knows it. */
  live: Outputs | undefined;
}

/** What the steps of one create or update work on. */
export interface Work<Inputs, Outputs> {
  context: ReconcileContext<Outputs>;
  inputs: Inputs;
  /** The previous state, if there was one. */
  olds: Outputs | undefined;
  /** Whether this run created the object. */
  isNew: boolean;
}

export interface Step<Found> {
  /** Name of the step in code and logs, for example `rename`. */
  name: string;
  /**
   * Returns whether the step changed something; `relocated` if the object has a new identity as a result, at the
   * location of the inputs.
   */
  run: (found: Found) => Promise<boolean | "relocated">;
}

export interface Reading<Inputs, Outputs, Found> {
  inputs: Inputs;
  found: Found;
  /** The state, as far as there is one. */
  state: Outputs | undefined;
  /**
   * `created`: this run created the object and has not run any step. `checkpoint`: some steps have run. `settled`: all
   * steps have run. `read`: the object is only read.
   */
  moment: "created" | "checkpoint" | "settled" | "read";
}

/**
 * A kind that performs an action and leaves no object on the server; the state records what was done. A failed create
 * leaves no state and a failed update leaves it unchanged, so the next run performs the action again.
 */
export interface ActionKind<Inputs extends ServerInputs, Outputs extends Inputs>
  extends KindDefinition<Inputs, Outputs>, StateUpgrades<Inputs, Outputs> {
  create: (context: ReconcileContext<Outputs>, inputs: Inputs) => Promise<CreateResult<Outputs>>;
  /** Returns the state, or undefined if the target of the action no longer exists. */
  read: (context: Context, id: string, state: Outputs) => Promise<Outputs | undefined>;
  update: (context: Context, id: string, olds: Outputs, news: Inputs) => Promise<Outputs>;
  /** Reverts the action, if that is still possible. */
  remove: (context: Context, id: string, state: Outputs) => Promise<void>;
}

export type AnyKind<Inputs extends ServerInputs, Outputs extends Inputs, Found> =
  ReconciledKind<Inputs, Outputs, Found> | ActionKind<Inputs, Outputs>;
/** The server of a resource, stored with its inputs and in its state. The two underscores hide it from previews. */
export interface ServerIdentity {
  /** The socket or address through which the server was reached. */
  __at?: string | undefined;
  /** The fingerprint of the server's certificate at that time. */
  __server?: string | undefined;
}
