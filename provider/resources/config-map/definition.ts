// Defines a kind that consists of a name and a map of config keys: profiles, projects, networks and others.
import type * as z from "zod";
import { type StringMap } from "../../lxd/api/instance/instances";
import { type Client } from "../../lxd/client/core/client";
import { type Found } from "../../lxd/client/core/requests";
import {
  type CheckContext,
  type Context,
  type Failure,
  type KindDefinition,
  type PartialInputs,
  type ServerInputs,
} from "../../kind/kind";

export interface ConfigInputs extends ServerInputs {
  name: string;
  description: string;
  config: StringMap;
}

export interface ConfigFacts {
  /** Keys that the program omits, with the values the server has set. */
  serverConfig: StringMap;
}

export interface ConfigWire {
  name: string;
  description: string;
  config?: StringMap | null | undefined;
  used_by?: string[] | null | undefined;
}

/** An object with the inputs that locate it, which may differ from the location in the program. */
export interface ConfigFound<Inputs, Wire> extends Found<Wire> {
  at: Inputs;
}

/** The body of a PUT. */
export interface Settings {
  description: string;
  config: StringMap;
}

/** An input that maps to one config key of the daemon: `["ipv4", "nat"]` to `ipv4.nat`. */
export interface TypedField {
  path: readonly string[];
  key: string;
  kind: "text" | "switch";
}

export interface ConfigMapDefinition<
  Inputs extends ConfigInputs,
  Outputs extends Inputs & ConfigFacts,
  Wire extends ConfigWire,
  Put extends Settings = Settings,
> {
  /** The kind's name in messages: `profile`. */
  kindName: string;
  schema: z.ZodObject;
  /** Rules for a name that is derived from the resource's name. */
  nameSchema: z.ZodType;
  policies: KindDefinition<Inputs, Outputs>["policies"];
  mayLack?: KindDefinition<Inputs, Outputs>["mayLack"];
  /** Inputs that do not describe the object itself, so an import does not compare them. */
  passed: (keyof Inputs & string)[];
  fields: readonly TypedField[];
  /** Keys that the server may set when the program omits them. */
  isServers: (key: string) => boolean;
  /** Whether the program's value and the daemon's value mean the same: `auto` and an address. */
  isMeant?: (key: string, written: string, config: StringMap) => boolean;
  validate?: (partial: PartialInputs<Inputs>) => Failure[];
  /** Defaults of inputs other than description and config. */
  applyDefaults?: (partial: PartialInputs<Inputs>) => PartialInputs<Inputs>;
  /** Inputs other than the name that are computed when the program omits them: the project. */
  computed?: (check: CheckContext<Inputs>) => PartialInputs<Inputs>;
  /** Normalizes the inputs that are not config keys. */
  normalize?: (inputs: Inputs) => Inputs;
  /** Checks that the pool, project and cluster member exist. */
  places: (client: Client, partial: PartialInputs<Inputs>) => Promise<Failure[]>;
  /** Further checks before the object is created. */
  preflight?: (client: Client, check: CheckContext<Inputs>) => Promise<Failure[]>;
  preflightChange?: KindDefinition<Inputs, Outputs>["preflightChange"];
  /** The parts of the ID, in order. */
  idParts: readonly (keyof Inputs & string)[];
  /** The inputs of an object of which only the ID is known. */
  blank: Omit<Inputs, keyof ConfigInputs>;
  /** Whether the server cannot hold both the new and the old object, although their IDs differ. */
  excludes?: (olds: Outputs, news: Inputs) => boolean;
  find: (client: Client, at: Inputs) => Promise<Found<Wire> | undefined>;
  make: (context: Context, inputs: Inputs, settings: Put) => Promise<void>;
  /** The body of the PUT with the given config. */
  settings: (inputs: Inputs, settings: Settings) => Put;
  put: (client: Client, at: Inputs, found: Found<Wire>, settings: Put) => Promise<void>;
  drop: (client: Client, at: Inputs) => Promise<void>;
  /** An identity that survives a rename. Default: the ID. */
  identity?: (wire: Wire) => string | undefined;
  /** Finds an object that is not at its expected location, by its identity or its owner. */
  search?: (context: Context, at: Inputs, identity: string) => Promise<ConfigFound<Inputs, Wire> | undefined>;
  /** Whether creation can be interrupted halfway. If so, the object carries `creatingKey` until it is complete. */
  isMadeSlowly?: boolean;
  /** Renames or relocates an existing object in place. */
  move?: (context: Context, found: ConfigFound<Inputs, Wire>, news: Inputs) => Promise<boolean | "relocated">;
  /** Completes an interrupted move and cleans up after it. */
  finishMove?: (context: Context, found: ConfigFound<Inputs, Wire>) => Promise<boolean | "relocated">;
  /** Deletes dependent objects before the object itself. */
  beforeRemove?: (context: Context, found: ConfigFound<Inputs, Wire>) => Promise<void>;
  /** The inputs of an existing object including its location, where the inputs do not contain it. */
  located?: (found: ConfigFound<Inputs, Wire>, news: Inputs) => Inputs;
  /** Outputs that only this kind has, and inputs that are not config keys, as the daemon reports them. */
  observe: (inputs: Inputs, wire: Wire) => Omit<Outputs, keyof ConfigInputs | keyof ConfigFacts>;
  /**
   * Whether the server creates the object itself, so that it may be adopted although no resource of this stack owns it.
   */
  isVacant?: (wire: Wire) => boolean;
  /** Why an object left by an interrupted run of this resource cannot become what the program declares. */
  mismatch?: (wire: Wire, inputs: PartialInputs<Inputs>) => string | undefined;
  /** What prevents a delete. Default: everything in `used_by`. */
  users?: (wire: Wire) => string[];
}
