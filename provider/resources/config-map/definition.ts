// What a kind that is little more than a name and a map of config keys says of itself: profiles, projects, networks …
import { type z } from "zod";
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
  /** Keys that the program leaves to the server, with what the server has put there. */
  serverConfig: StringMap;
}

export interface ConfigWire {
  name: string;
  description: string;
  config?: StringMap | null | undefined;
  used_by?: string[] | null | undefined;
}

/** An object, and the inputs that lead to it: they say where it is, which may not be where the program wants it. */
export interface ConfigFound<Inputs, Wire> extends Found<Wire> {
  at: Inputs;
}

/** What a PUT sends. */
export interface Settings {
  description: string;
  config: StringMap;
}

/** An input that is one config key of the daemon: `ipv4.nat` at `["ipv4", "nat"]`. */
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
  /** `profile`, for messages. */
  kindName: string;
  schema: z.ZodObject;
  /** What a name that the program leaves to the resource must be. */
  nameSchema: z.ZodType;
  policies: KindDefinition<Inputs, Outputs>["policies"];
  /** Inputs that say nothing of the object itself, so that an import does not compare them. */
  passed: (keyof Inputs & string)[];
  fields: readonly TypedField[];
  /** Keys that the server may fill in by itself, where the program does not say them. */
  isServers: (key: string) => boolean;
  /** Whether what the program says of a key is what the daemon has in other words: `auto` and an address. */
  isMeant?: (key: string, written: string, config: StringMap) => boolean;
  validate?: (partial: PartialInputs<Inputs>) => Failure[];
  /** Defaults of inputs beside description and config. */
  applyDefaults?: (partial: PartialInputs<Inputs>) => PartialInputs<Inputs>;
  /** Inputs beside the name that are computed when the program omits them: the project. */
  computed?: (check: CheckContext<Inputs>) => PartialInputs<Inputs>;
  /** Form of comparison of the inputs that are no config. */
  normalize?: (inputs: Inputs) => Inputs;
  /** Whether what holds the object is there: pool, project, cluster member. */
  places: (client: Client, partial: PartialInputs<Inputs>) => Promise<Failure[]>;
  /** What else the server can say before the object is made. */
  preflight?: (client: Client, check: CheckContext<Inputs>) => Promise<Failure[]>;
  preflightChange?: KindDefinition<Inputs, Outputs>["preflightChange"];
  /** The parts of the ID, in order. */
  idParts: readonly (keyof Inputs & string)[];
  /** Inputs of an object of which nothing is known but its ID. */
  blank: Omit<Inputs, keyof ConfigInputs>;
  /** Whether the server cannot have the new object beside the old one, although they have different IDs. */
  excludes?: (olds: Outputs, news: Inputs) => boolean;
  find: (client: Client, at: Inputs) => Promise<Found<Wire> | undefined>;
  make: (context: Context, inputs: Inputs, settings: Put) => Promise<void>;
  /** All that is sent in a PUT, with the config that it is to have. */
  settings: (inputs: Inputs, settings: Settings) => Put;
  put: (client: Client, at: Inputs, found: Found<Wire>, settings: Put) => Promise<void>;
  drop: (client: Client, at: Inputs) => Promise<void>;
  /** What tells it from all others, whatever it is called. Default: its ID. */
  identity?: (wire: Wire) => string | undefined;
  /** Finds an object that is not where it is expected, by its identity or by whose it is. */
  search?: (context: Context, at: Inputs, identity: string) => Promise<ConfigFound<Inputs, Wire> | undefined>;
  /** Whether making it takes long enough that a broken run may leave part of it: then it carries a mark until it is whole. */
  isMadeSlowly?: boolean;
  /** Gives an object that is there another name or place, in place. */
  move?: (context: Context, found: ConfigFound<Inputs, Wire>, news: Inputs) => Promise<boolean | "relocated">;
  /** Ends a move that was broken off, and clears up after one. */
  finishMove?: (context: Context, found: ConfigFound<Inputs, Wire>) => Promise<boolean | "relocated">;
  /** Deletes what belongs to the object but is not it. */
  beforeRemove?: (context: Context, found: ConfigFound<Inputs, Wire>) => Promise<void>;
  /** The inputs of an object that is there, with where it is, if they do not say that. */
  located?: (found: ConfigFound<Inputs, Wire>, news: Inputs) => Inputs;
  /** Outputs beside those of every such kind, and inputs that are no config, as the daemon has them. */
  observe: (inputs: Inputs, wire: Wire) => Omit<Outputs, keyof ConfigInputs | keyof ConfigFacts>;
  /** What the server always makes, and so may be taken although nobody of this stack has made it. */
  isVacant?: (wire: Wire) => boolean;
  /** Why one that a killed run of this resource has left cannot become what the program says. */
  mismatch?: (wire: Wire, inputs: PartialInputs<Inputs>) => string | undefined;
  /** Who keeps it from being deleted. Default: everything in `used_by`. */
  users?: (wire: Wire) => string[];
}
