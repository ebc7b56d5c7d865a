// Serves a simple noun as a resource: one way for profiles, projects, networks, storage pools and volumes.
import { type StringMap } from "../../api/instances";
import { isCode, LxdError } from "../../errors";
import {
  type Completion,
  type Context,
  type CreateContext,
  type Draft,
  type Failure,
  type Made,
  type ResourceKind,
} from "../../kind";
import { isUnknown } from "../../unknowns";
import { spelledOut } from "../common";
import { withoutEmpty } from "../instance/spelling";
import { logicalName } from "../ownership";
import { type ConfigFacts, type ConfigInputs, type ConfigNoun, type ConfigWire, type Settings } from "./noun";
import { idOf, NounPreflight, parseId } from "./preflight";
import { unplan } from "../planned";
import { keyRules } from "./rules";
import { NounSettings } from "./settings";
import { inUse } from "./users";

export function configMapKind<
  Inputs extends ConfigInputs,
  Outputs extends Inputs & ConfigFacts,
  Wire extends ConfigWire,
  Put extends Settings,
>(noun: ConfigNoun<Inputs, Outputs, Wire, Put>): ResourceKind<Inputs, Outputs> {
  return new ConfigMapKind(noun).kind();
}

class ConfigMapKind<
  Inputs extends ConfigInputs,
  Outputs extends Inputs & ConfigFacts,
  Wire extends ConfigWire,
  Put extends Settings,
> {
  readonly #settings: NounSettings<Inputs, Outputs, Wire, Put>;
  readonly #preflight: NounPreflight<Inputs, Outputs, Wire, Put>;

  constructor(readonly noun: ConfigNoun<Inputs, Outputs, Wire, Put>) {
    this.#settings = new NounSettings(noun);
    this.#preflight = new NounPreflight(this.#settings);
  }

  kind(): ResourceKind<Inputs, Outputs> {
    const { noun, schema, policies, preflightChange } = this.noun;
    return {
      noun,
      schema,
      policies,
      rules: (draft) => [...keyRules(draft, this.noun.fields), ...(this.noun.rules?.(draft) ?? [])],
      complete: (completion) => Promise.resolve(this.#complete(completion)),
      preflight: (client, completion) => this.#preflight.failures(client, completion),
      ...(preflightChange && { preflightChange }),
      comparable: (inputs) => this.#preflight.comparable(inputs),
      deleteBeforeReplace: (olds, news) => this.#idOf(olds) === this.#idOf(news),
      create: (context, inputs) => this.#create(context, inputs),
      read: (context, id, state) => this.#read(context, id, state),
      update: (context, id, olds, news) => this.#update(context, id, { olds, news }),
      remove: (context, id, state) => this.#remove(context, id, state),
    };
  }

  #idOf(inputs: Inputs): string {
    return idOf(this.noun.idParts, inputs);
  }

  #complete(completion: Completion<Inputs>): { draft: Draft<Inputs>; failures: Failure[] } {
    const { draft, urn } = completion;
    const config = draft.config as StringMap | undefined;
    const name = (draft.name as string | undefined) ?? logicalName(urn);
    const whole = {
      ...draft,
      ...this.noun.complete(completion),
      name,
      description: draft.description ?? "",
      config: isUnknown(config) ? config : withoutEmpty(spelledOut(config)),
    };
    if (draft.name !== undefined) return { draft: whole, failures: [] };
    const issue = this.noun.nameSchema.safeParse(name).error?.issues[0];
    if (issue === undefined) return { draft: whole, failures: [] };
    const reason = `the resource's own name "${name}" ${issue.message}; set \`name\` to one that is`;
    return { draft: whole, failures: [{ property: "name", reason }] };
  }

  async #create(context: CreateContext<Outputs>, inputs: Inputs): Promise<Made<Outputs>> {
    const { client, urn, importId } = context;
    const id = this.#idOf(inputs);
    unplan(client, this.noun.noun, id);
    try {
      // What is imported was compared with the program in `check`, and is taken as it is.
      if (importId !== undefined) {
        const { value } = await this.#settings.get(client, inputs);
        return { id, outputs: this.#settings.observe(inputs, value, undefined), isTakenOver: true };
      }
      const existing = await this.noun.find(client, inputs);
      const obstacle = existing && this.#preflight.obstacle(existing.value, inputs, urn);
      if (obstacle !== undefined) throw obstacle;
      if (existing === undefined) await this.noun.make(context, inputs, this.#settings.initial(inputs, urn));
      const { value } = await this.#settings.get(client, inputs);
      // What a new one has that nobody has said is the server's.
      const recorded = existing ? undefined : this.#settings.observe(inputs, value, "all").serverConfig;
      context.created(id, this.#settings.observe(inputs, value, recorded));
      return { id, outputs: await this.#settings.sync(context, inputs, recorded), isTakenOver: existing !== undefined };
    } catch (error) {
      throw LxdError.from(error).during(`${importId === undefined ? "create" : "import"} ${this.noun.noun} ${id}`);
    }
  }

  /** With no state but the ID (`Profile.get`) the object is read as it is. */
  async #read({ client }: Context, id: string, state: Partial<Outputs>): Promise<Outputs | undefined> {
    const inputs = state.config === undefined ? this.#unwritten(id, state) : (state as Outputs);
    const found = await this.noun.find(client, inputs);
    return found === undefined ? undefined : this.#settings.observe(inputs, found.value, state.serverConfig);
  }

  #unwritten(id: string, state: Partial<Outputs>): Inputs {
    const { idParts, noun, blank } = this.noun;
    const address = parseId(idParts, id);
    if (address !== undefined)
      return { description: "", config: {}, ...blank, ...state, ...address } as unknown as Inputs;
    const advice = `Write it as "${idParts.join("/")}".`;
    throw new LxdError({ code: "invalid-argument", why: `"${id}" is no ID of a ${noun}`, advice });
  }

  async #update(context: Context, id: string, { olds, news }: { olds: Outputs; news: Inputs }): Promise<Outputs> {
    try {
      await this.noun.move?.(context, olds, news);
      const inputs = this.noun.located?.(olds, news) ?? news;
      return await this.#settings.sync(context, inputs, olds.serverConfig);
    } catch (error) {
      throw LxdError.from(error).during(`update ${this.noun.noun} ${id}`);
    }
  }

  async #remove({ client }: Context, id: string, state: Outputs): Promise<void> {
    try {
      const found = await this.noun.find(client, state);
      if (found === undefined) return;
      const users = this.noun.users?.(found.value) ?? found.value.used_by ?? [];
      if (users.length > 0) throw inUse(this.noun.noun, users);
      await this.noun.drop(client, state);
    } catch (error) {
      if (!isCode(error, "not-found")) throw LxdError.from(error).during(`delete ${this.noun.noun} ${id}`);
    }
  }
}
