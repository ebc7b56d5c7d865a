// The config of a simple noun: what the program says is merged into what the server keeps there, and read back.
import { isDeepStrictEqual } from "node:util";
import { type StringMap } from "../../lxd/api/instance/instances";
import { type Client } from "../../lxd/client/core/client";
import { type Found } from "../../lxd/client/core/requests";
import { isCode, LxdError } from "../../base/errors";
import { type Context } from "../../kind/kind";
import { creatingKey, isBookkeeping, ownerKey } from "../shared/ownership";
import { fieldsFrom, saidBy } from "./fields";
import { type ConfigFacts, type ConfigInputs, type ConfigNoun, type ConfigWire, type Settings } from "./definition";
import { spell } from "./normalize";

/** How often settings are merged anew when somebody else changes them at the same time. */
const attempts = 5;

/** Which unsaid keys count as the server's: those of a record, all, or, with neither, those that it may fill in. */
type Recorded = StringMap | "all" | undefined;

export class NounSettings<
  Inputs extends ConfigInputs,
  Outputs extends Inputs & ConfigFacts,
  Wire extends ConfigWire,
  Put extends Settings,
> {
  constructor(readonly noun: ConfigNoun<Inputs, Outputs, Wire, Put>) {}

  /** The only road from the daemon to the state. */
  observe(inputs: Inputs, wire: Wire, recorded: Recorded): Outputs {
    const said = saidBy(inputs, this.noun.fields);
    const config = wire.config ?? {};
    const [seen, server]: [StringMap, StringMap] = [{}, {}];
    for (const [key, value] of Object.entries(config)) {
      if (isKept(key)) continue;
      const wanted = said[key];
      if (wanted !== undefined) seen[key] = this.#isMeant(key, wanted, config) ? wanted : value;
      else if (this.#isServers(key, value, recorded)) server[key] = value;
      else seen[key] = value;
    }
    const own = Object.entries(inputs).filter(([key]) => key in this.noun.policies);
    const known = fieldsFrom(seen, Object.fromEntries(own) as unknown as Inputs, this.noun.fields);
    // A record stays as it is, so that what was changed by hand can be put right.
    const serverConfig = typeof recorded === "object" ? recorded : server;
    const { name, description } = wire;
    return { ...known, name, description, serverConfig, ...this.noun.observe(inputs, wire) } as unknown as Outputs;
  }

  /** The settings of a new object. */
  initial(inputs: Inputs, urn: string): Put {
    const mark: StringMap = this.noun.isMadeSlowly === true ? { [creatingKey]: "true" } : {};
    const config = { ...saidBy(inputs, this.noun.fields), ...mark, [ownerKey]: urn };
    return this.noun.settings(inputs, { description: inputs.description, config });
  }

  /** Writes on an object whose it is, and changes nothing else. */
  async claim({ client, urn }: Pick<Context, "client" | "urn">, inputs: Inputs, found: Found<Wire>): Promise<void> {
    const { description, config } = found.value;
    if (config?.[ownerKey] === urn) return;
    const settings = this.noun.settings(inputs, { description, config: { ...config, [ownerKey]: urn } });
    await this.noun.put(client, inputs, found, settings);
  }

  /** Makes the object what the program says, with one write or none; returns whether there was one. */
  async sync(
    { client, urn }: Pick<Context, "client" | "urn">,
    inputs: Inputs,
    { found, recorded }: { found: Found<Wire>; recorded: StringMap | undefined },
  ): Promise<boolean> {
    let current = found;
    for (let attempt = 1; ; attempt++) {
      const config = { ...this.#merged(inputs, current.value.config ?? {}, recorded), [ownerKey]: urn };
      const settings = this.noun.settings(inputs, { description: inputs.description, config });
      if (isSame(settings, current.value)) return false;
      try {
        await this.noun.put(client, inputs, current, settings);
        return true;
      } catch (error) {
        if (!isCode(error, "conflict") || attempt === attempts) throw error;
        current = await this.get(client, inputs);
      }
    }
  }

  async get(client: Client, at: Inputs): Promise<Found<Wire>> {
    const found = await this.noun.find(client, at);
    if (found !== undefined) return found;
    const advice = "Run `pulumi refresh`; the next `pulumi up` then creates it again.";
    throw new LxdError({ code: "not-found", why: `the ${this.noun.noun} is gone`, advice });
  }

  /** The config to send: what is said, what the server has filled in, and its own bookkeeping as it is. */
  #merged(inputs: Inputs, config: StringMap, recorded: StringMap | undefined): StringMap {
    const said = Object.entries(saidBy(inputs, this.noun.fields)).map(([key, wanted]) => {
      const value = config[key];
      return [key, value !== undefined && this.#isMeant(key, wanted, config) ? value : wanted] as const;
    });
    const isFilledIn = (key: string): boolean => recorded === undefined && this.noun.isServers(key);
    // An object whose settings are made what they should be is there as a whole.
    const kept = Object.entries(config).filter(([key]) => key !== creatingKey && (isKept(key) || isFilledIn(key)));
    return { ...Object.fromEntries(kept), ...recorded, ...Object.fromEntries(said) };
  }

  #isMeant(key: string, wanted: string, config: StringMap): boolean {
    const value = config[key];
    const isSpelled = value !== undefined && spell(key, wanted) === spell(key, value);
    return isSpelled || this.noun.isMeant?.(key, wanted, config) === true;
  }

  #isServers(key: string, value: string, recorded: Recorded): boolean {
    if (recorded === "all") return true;
    return recorded === undefined ? this.noun.isServers(key) : recorded[key] === value;
  }
}

/** Keys that are neither the program's nor a change by anybody. */
function isKept(key: string): boolean {
  return key.startsWith("volatile.") || isBookkeeping(key);
}

function isSame(settings: Settings, wire: ConfigWire): boolean {
  const current = wire as unknown as Record<string, unknown>;
  return Object.entries(settings).every(([key, value]) => isDeepStrictEqual(current[key] ?? {}, value));
}
