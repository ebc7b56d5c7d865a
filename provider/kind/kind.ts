// What a kind must say of itself to be served as a resource: what may be written, what a change costs, what happens.
import { type z } from "zod";
import { type Client } from "../lxd/client/core/client";
import { type ConnectionConfig, type RemoteInputs } from "../lxd/client/discovery/location";
import { type LxdError } from "../base/errors";

/** What a changed input costs: an update in place, a replacement, or nothing. */
export type Cost = "update" | "replace" | "ignore";

/** A cost that is the same for every change, or one that depends on it. */
export type Policy<Inputs, Outputs extends Inputs = Inputs> = Cost | ((olds: Outputs, news: Inputs) => Cost);

/** An input that cannot be right. */
export interface Failure {
  /** e.g. `cdroms[0].bootPriority` */
  property: string;
  reason: string;
}

/** Inputs that every kind has. */
export interface ServerInputs {
  /** Which daemon; undefined is the stack's own. */
  remote?: RemoteInputs | undefined;
}

/** Inputs of all that is kept in a project. */
export interface CommonInputs extends ServerInputs {
  project: string;
}

export interface StackConfig extends ConnectionConfig {
  project?: string | undefined;
  parallel?: string | undefined;
  /** How many golden images are built at the same time. */
  parallelBuilds?: string | undefined;
}

/** What the methods of a kind work with. */
export interface Context {
  client: Client;
  /** A client for another server, such as one of images, to which this stack is the same client. */
  connect: (remote: RemoteInputs) => Client;
  /** The same for a server that has something of this resource: where it was met last, if the name means another now. */
  serverOf: (remote: RemoteInputs | undefined, known: ServerIdentity) => Promise<Client>;
  /** The resource's URN: who owns what is made. */
  urn: string;
  /** Shows what is going on, on the resource's row in Pulumi's display. */
  status: (text: string) => void;
  /** Leaves a line in Pulumi's diagnostics, for what the user has to know although nothing failed. */
  warn: (text: string) => void;
  /** Fires when the run is cancelled or the engine is gone. The clients heed it by themselves. */
  signal: AbortSignal;
  config: StackConfig;
}

/** Inputs of which any part may be missing, wrong (then unknown) or unknown. */
export type PartialInputs<Inputs> = { [Key in keyof Inputs]?: Inputs[Key] | undefined };

export interface CheckContext<Inputs> {
  inputs: PartialInputs<Inputs>;
  /** The inputs of the last run, if the resource exists. */
  olds: PartialInputs<Inputs> | undefined;
  /** Computed inputs that are to stay as they were: the program ignores changes of what they are computed from. */
  unchanged: PartialInputs<Inputs>;
  /** The inputs of the object that is about to be replaced by this one. */
  replaced: PartialInputs<Inputs> | undefined;
  /** The ID of the object that is to be taken over instead of made, from the resource option `import`. */
  importId: string | undefined;
  urn: string;
  config: StackConfig;
  status: (text: string) => void;
  /** As in `Context`. */
  signal: AbortSignal;
  /** The daemon, for what cannot be completed without it. Most inputs can: a preview without changes asks nobody. */
  client: () => Client;
  /** A client for another server, such as one of images, to which this stack is the same client. */
  connect: (remote: RemoteInputs) => Client;
}

/** What came of a create. */
export interface CreateResult<Outputs> {
  id: string;
  outputs: Outputs;
}

/** What may be written about a kind of resource and what a change costs: all that `check` and `diff` need. */
export interface KindDefinition<Inputs extends ServerInputs, Outputs extends Inputs> {
  /** `ISO volume`, for messages. */
  kindName: string;
  /** What may be written. Free of refinements over several fields and of defaults. */
  schema: z.ZodObject;
  /** What a change of each of its own inputs costs. That of the server is the same for all kinds: see `diff.ts`. */
  policies: { [Key in Exclude<keyof Required<Inputs>, keyof ServerInputs>]: Policy<Inputs, Outputs> };
  /** Failures that need more than one field to see. */
  validate: (partial: PartialInputs<Inputs>) => Failure[];
  /**
   * Fills in defaults, and spells values in one way. Pure, and the same when it is done twice: it runs whenever inputs are
   * used, since what is stored is what the program wrote. Lets unknown values pass.
   */
  applyDefaults?: (partial: PartialInputs<Inputs>) => PartialInputs<Inputs>;
  /** Applies defaults and fills in what is computed from the program's side, such as the hash of a file. */
  computeInputs: (check: CheckContext<Inputs>) => Promise<{ inputs: PartialInputs<Inputs>; failures: Failure[] }>;
  /** What the daemon can say before anything is changed. Called only for an object that is to be made. */
  preflight: (client: Client, check: CheckContext<Inputs>) => Promise<Failure[]>;
  /** What it can say about a change of an object that is there. */
  preflightChange?: (client: Client, check: CheckContext<Inputs>) => Promise<Failure[]>;
  /** The form in which two inputs are compared: `8GiB` and `8192MiB` are one size. Default: as they are. */
  normalize?: (inputs: Inputs) => Inputs;
  /** The inputs that make the object's name on the server, which no other resource of a program may have; default: none. */
  uniqueName?: { what: string; parts: readonly string[] };
  /** Whether the old object is in the new one's way. */
  deleteBeforeReplace: (olds: Outputs, news: Inputs) => boolean;
}

/** How a kind reads the states of older releases. */
export interface StateUpgrades<Inputs extends ServerInputs, Outputs extends Inputs> {
  kindName: string;
  /** One for each step of the schema, each from the one before: pure functions of the state. */
  upgrades?: ((state: Record<string, unknown>) => Record<string, unknown>)[];
  /** The identity that a state written before identities were stored implies. */
  identityOfState?: (state: Outputs) => string | undefined;
}

/** A kind whose steps the engine runs. */
export interface ReconciledKind<Inputs extends ServerInputs, Outputs extends Inputs, Found>
  extends KindDefinition<Inputs, Outputs>, StateUpgrades<Inputs, Outputs> {
  /** The resource's ID in Pulumi; in messages before the object is found, what it is to be. */
  idOf: (inputs: Inputs, urn: string, found?: Found) => string;
  /** Waits for what the server may still be doing to an object of an earlier run. */
  settle?: (context: Context, inputs: Inputs) => Promise<unknown>;
  /**
   * The object at the place of `at`, or, if an identity is given and another object or none is there, wherever the object
   * with that identity is. Undefined if there is none.
   */
  locate: (context: Context, at: Inputs, identity?: string) => Promise<Found | undefined>;
  /** What the server never changes while the object lives. For what has nothing like that: its name and place. */
  identity: (found: Found, at: Inputs) => string;
  identityOfState: (state: Outputs) => string | undefined;
  /** The URN of the resource that the object belongs to, as far as the server can tell; absent if it never can. */
  owner?: (found: Found) => string | undefined;
  /**
   * Whether the object is all there; what is not is made again. `isKnown`: a state says that a run has seen it whole.
   * Default: it is.
   */
  isComplete?: (found: Found, isKnown: boolean) => boolean;
  /** Why an object that is there already cannot become this resource's. Only what an earlier run left can. */
  conflict: (
    found: Found,
    inputs: Inputs,
    context: ReconcileContext<Outputs>,
  ) => LxdError | undefined | Promise<LxdError | undefined>;
  /** Whether what is there after a create that failed was left by it. Default: what has no obstacle. */
  isLeftover?: (found: Found) => boolean;
  /** What the user is told when an object that is there already is used; absent: that an earlier run has made it. */
  adoptionNotice?: (found: Found, inputs: Inputs, context: ReconcileContext<Outputs>) => string | undefined;
  /** One request that makes the object and says whose it is. Its identity, where only the server's answer tells it. */
  create: (context: ReconcileContext<Outputs>, inputs: Inputs) => Promise<void> | Promise<string>;
  /**
   * What becomes of what a failed create has left: by default the next run deletes it and makes it again; `resumed`: the
   * next run goes on with it; `unrecorded`: the same, and until then the state stays that of the replaced object.
   */
  leftover?: (context: ReconcileContext<Outputs>) => "resumed" | "unrecorded";
  /** Writes on an object that is imported whose it is now. */
  adopt?: (context: Context, inputs: Inputs, found: Found) => Promise<void>;
  /** In order; each looks at what was found, does one thing if it is due, and says whether it did. */
  steps: (work: Work<Inputs, Outputs>) => Step<Found>[];
  /** The only mapper from the daemon to the state. */
  toState: (context: Context, reading: Reading<Inputs, Outputs, Found>) => Promise<Outputs>;
  /** Is handed what was located. An object that is gone already counts as deleted. */
  remove: (context: RemovalContext<Outputs>, found: Found, state: Outputs) => Promise<void>;
  /** Deletes what a resource has made beside its object, if the object is gone already, or the live state has it. */
  removeRest?: (context: RemovalContext<Outputs>, state: Outputs) => Promise<void>;
  /** The inputs of an object of which nothing is known but its ID, to read it as it is. */
  fromId: (id: string, state: PartialInputs<Outputs>) => Inputs;
}

export interface ReconcileContext<Outputs> extends Context {
  /** The inputs of the object in whose place this one comes, if that is known. */
  replaced: PartialInputs<Outputs> | undefined;
}

export interface RemovalContext<Outputs = object> extends Context {
  /** Whether the program still has the resource: then the object was replaced, and what else the resource has stays. */
  isReplaced: boolean;
  /** The state of the object that has replaced it, as far as this run has shown it. */
  live: Outputs | undefined;
}

/** What the steps of one create or update work on. */
export interface Work<Inputs, Outputs> {
  context: ReconcileContext<Outputs>;
  inputs: Inputs;
  /** The state before, if there was one. */
  olds: Outputs | undefined;
  /** Whether this run has made the object. */
  isNew: boolean;
}

export interface Step<Found> {
  /** `rename`: for people who read the code or a log. */
  name: string;
  /** Returns whether it changed something; `relocated` if that gave the object another identity, at the inputs' place. */
  run: (found: Found) => Promise<boolean | "relocated">;
}

export interface Reading<Inputs, Outputs, Found> {
  inputs: Inputs;
  found: Found;
  /** The state as far as there is one. */
  state: Outputs | undefined;
  /**
   * `created`: this run made it, and no step has run. `checkpoint`: some steps have run. `settled`: all have. `read`: it is
   * looked at only.
   */
  moment: "created" | "checkpoint" | "settled" | "read";
}

/**
 * A kind that does something and leaves no object on the server: the state says what was done. A create that fails leaves no
 * state and an update that fails leaves it as it was, so that the next run does it again.
 */
export interface ActionKind<Inputs extends ServerInputs, Outputs extends Inputs>
  extends KindDefinition<Inputs, Outputs>, StateUpgrades<Inputs, Outputs> {
  create: (context: ReconcileContext<Outputs>, inputs: Inputs) => Promise<CreateResult<Outputs>>;
  /** The state, or undefined if what it was done to is gone. */
  read: (context: Context, id: string, state: Outputs) => Promise<Outputs | undefined>;
  update: (context: Context, id: string, olds: Outputs, news: Inputs) => Promise<Outputs>;
  /** Undoes it, if that is still possible. */
  remove: (context: Context, id: string, state: Outputs) => Promise<void>;
}

export type AnyKind<Inputs extends ServerInputs, Outputs extends Inputs, Found> =
  ReconciledKind<Inputs, Outputs, Found> | ActionKind<Inputs, Outputs>;
/** Kept with the inputs and in the state. The two underscores keep them out of previews. */
export interface ServerIdentity {
  /** The socket or the address by which the server was reached. */
  __at?: string | undefined;
  /** The fingerprint of its certificate, as it was then. */
  __server?: string | undefined;
}
