// Reads and writes the config of config-map kinds, merging the program's keys with the server's.
import { isDeepStrictEqual } from "node:util";
import { type StringMap } from "../../lxd/api/instance/instances";
import { type Client } from "../../lxd/client/core/client";
import { type Found } from "../../lxd/client/core/requests";
import { gone, isCode } from "../../base/errors";
import { type Context } from "../../kind/kind";
import { creatingKey, isProviderKey, ownerKey } from "../shared/ownership";
import { configWrittenIn, fieldsFrom } from "./fields";
import {
  type ConfigFacts,
  type ConfigInputs,
  type ConfigMapDefinition,
  type ConfigWire,
  type Settings,
  type TypedField,
} from "./definition";
import { normalizeValue } from "./normalize";

/** How often a write is retried with a fresh merge when another client changes the object at the same time. */
const attempts = 5;

/**
 * Which omitted keys count as the server's: those in a recorded map, all of them, or (undefined) those that the server
 * may set.
 */
type Recorded = StringMap | "all" | undefined;

/** The part of a definition needed to compare, read and write settings. */
type Comparable = Pick<
  ConfigMapDefinition<ConfigInputs, ConfigInputs & ConfigFacts, ConfigWire>,
  "isMeant" | "isServers"
>;
type Readable<Inputs extends ConfigInputs, Outputs extends Inputs & ConfigFacts, Wire extends ConfigWire> = Comparable &
  Pick<ConfigMapDefinition<Inputs, Outputs, Wire>, "fields" | "policies" | "observe">;
type Writable<Inputs extends ConfigInputs, Wire extends ConfigWire, Put extends Settings> = Comparable &
  Pick<
    ConfigMapDefinition<Inputs, Inputs & ConfigFacts, Wire, Put>,
    "kindName" | "fields" | "isMadeSlowly" | "settings" | "put" | "find"
  >;

/** The only mapping from the daemon's object to the state. */
export function readState<Inputs extends ConfigInputs, Outputs extends Inputs & ConfigFacts, Wire extends ConfigWire>(
  definition: Readable<Inputs, Outputs, Wire>,
  inputs: Inputs,
  { wire, recorded }: { wire: Wire; recorded: Recorded },
): Outputs {
  const written = configWrittenIn(inputs, definition.fields);
  const config = wire.config ?? {};
  const [seen, server]: [StringMap, StringMap] = [{}, {}];
  for (const [key, value] of Object.entries(config)) {
    if (isInternal(key)) continue;
    const desired = written[key];
    if (desired !== undefined) seen[key] = isSameValue(definition, { key, desired, config }) ? desired : value;
    else if (isServerValue(definition, { key, value, recorded })) server[key] = value;
    else seen[key] = value;
  }
  const own = Object.entries(inputs).filter(([key]) => key in definition.policies);
  const known = fieldsFrom(seen, Object.fromEntries(own) as unknown as Inputs, definition.fields);
  // A recorded map is kept unchanged, so that drift is detected and corrected.
  const serverConfig = typeof recorded === "object" ? recorded : server;
  const { name, description } = wire;
  return { ...known, name, description, serverConfig, ...definition.observe(inputs, wire) } as unknown as Outputs;
}

/** The settings of a new object. */
export function initialSettings<Inputs extends ConfigInputs, Put extends Settings>(
  definition: Pick<Writable<Inputs, ConfigWire, Put>, "fields" | "isMadeSlowly" | "settings">,
  inputs: Inputs,
  urn: string,
): Put {
  const mark: StringMap = definition.isMadeSlowly === true ? { [creatingKey]: "true" } : {};
  const config = { ...configWrittenIn(inputs, definition.fields), ...mark, [ownerKey]: urn };
  return definition.settings(inputs, { description: inputs.description, config });
}

/** Writes the owner to an imported object and changes nothing else. */
export async function adopt<Inputs extends ConfigInputs, Wire extends ConfigWire, Put extends Settings>(
  definition: Pick<Writable<Inputs, Wire, Put>, "settings" | "put">,
  { client, urn }: Pick<Context, "client" | "urn">,
  { inputs, found }: { inputs: Inputs; found: Found<Wire> },
): Promise<void> {
  const { description, config } = found.value;
  if (config?.[ownerKey] === urn) return;
  const settings = definition.settings(inputs, { description, config: { ...config, [ownerKey]: urn } });
  await definition.put(client, inputs, found, settings);
}

/** Updates the object to match the program with at most one write; returns whether it wrote. */
export async function reconcile<Inputs extends ConfigInputs, Wire extends ConfigWire, Put extends Settings>(
  definition: Writable<Inputs, Wire, Put>,
  { client, urn }: Pick<Context, "client" | "urn">,
  { inputs, found, recorded }: { inputs: Inputs; found: Found<Wire>; recorded: StringMap | undefined },
): Promise<boolean> {
  let current = found;
  for (let attempt = 1; ; attempt++) {
    const config = { ...merged(definition, inputs, { config: current.value.config ?? {}, recorded }), [ownerKey]: urn };
    const settings = definition.settings(inputs, { description: inputs.description, config });
    if (isSame(settings, current.value)) return false;
    try {
      await definition.put(client, inputs, current, settings);
      return true;
    } catch (error) {
      if (!isCode(error, "conflict") || attempt === attempts) throw error;
      current = await get(definition, client, inputs);
    }
  }
}

async function get<Inputs extends ConfigInputs, Wire extends ConfigWire>(
  { find, kindName }: Pick<Writable<Inputs, Wire, Settings>, "find" | "kindName">,
  client: Client,
  at: Inputs,
): Promise<Found<Wire>> {
  const found = await find(client, at);
  if (found !== undefined) return found;
  throw gone(kindName);
}

/** The config to send: the program's keys, the keys the server has set, and its unchanged internal keys. */
function merged(
  definition: Comparable & { fields: readonly TypedField[] },
  inputs: ConfigInputs,
  { config, recorded }: { config: StringMap; recorded: StringMap | undefined },
): StringMap {
  const written = Object.entries(configWrittenIn(inputs, definition.fields)).map(([key, desired]) => {
    const value = config[key];
    return [key, value !== undefined && isSameValue(definition, { key, desired, config }) ? value : desired] as const;
  });
  const isFilledIn = (key: string): boolean => recorded === undefined && definition.isServers(key);
  // Once its settings are reconciled, the object is complete.
  const rest = Object.entries(config).filter(([key]) => key !== creatingKey && (isInternal(key) || isFilledIn(key)));
  return { ...Object.fromEntries(rest), ...recorded, ...Object.fromEntries(written) };
}

interface Comparison {
  key: string;
  desired: string;
  config: StringMap;
}

/** Whether the server's value equals the program's value after normalization. */
function isSameValue({ isMeant }: Comparable, { key, desired, config }: Comparison): boolean {
  const value = config[key];
  const isNormalized = value !== undefined && normalizeValue(key, desired) === normalizeValue(key, value);
  return isNormalized || isMeant?.(key, desired, config) === true;
}

function isServerValue(
  { isServers }: Comparable,
  { key, value, recorded }: { key: string; value: string; recorded: Recorded },
): boolean {
  if (recorded === "all") return true;
  return recorded === undefined ? isServers(key) : recorded[key] === value;
}

/** Keys that neither belong to the program nor indicate drift. */
function isInternal(key: string): boolean {
  return key.startsWith("volatile.") || isProviderKey(key);
}

function isSame(settings: Settings, wire: ConfigWire): boolean {
  const current = wire as unknown as Record<string, unknown>;
  return Object.entries(settings).every(([key, value]) => isDeepStrictEqual(current[key] ?? {}, value));
}
