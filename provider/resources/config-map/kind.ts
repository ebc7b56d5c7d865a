// Serves a simple noun as a resource: one way for profiles, projects, networks, storage pools and volumes.
import { type StringMap } from "../../lxd/api/instance/instances";
import { LxdError } from "../../base/errors";
import { type Completion, type Context, type Draft, type Failure, type ReconciledKind } from "../../kind/kind";
import { isUnknown } from "../../kind/unknowns";
import { spelledOut } from "../shared/common";
import { withoutEmpty } from "../shared/normalize";
import { creatingKey, logicalName, ownerKey } from "../shared/ownership";
import { type ConfigFacts, type ConfigFound, type ConfigInputs, type ConfigNoun, type ConfigWire } from "./definition";
import { type Settings } from "./definition";
import { idOf, NounPreflight, parseId } from "./preflight";
import { unplan } from "../shared/planned";
import { keyRules } from "./validation";
import { NounSettings } from "./settings";
import { inUse } from "../shared/in-use";

export function configMapKind<
  Inputs extends ConfigInputs,
  Outputs extends Inputs & ConfigFacts,
  Wire extends ConfigWire,
  Put extends Settings,
>(noun: ConfigNoun<Inputs, Outputs, Wire, Put>): ReconciledKind<Inputs, Outputs, ConfigFound<Inputs, Wire>> {
  type Found = ConfigFound<Inputs, Wire>;
  const settings = new NounSettings(noun);
  const preflight = new NounPreflight(settings);
  const id = (inputs: Inputs): string => idOf(noun.idParts, inputs);
  const identity = ({ value }: Pick<Found, "value">, at: Inputs): string => noun.identity?.(value) ?? id(at);
  const applyDefaults = (draft: Draft<Inputs>): Draft<Inputs> => ({
    ...draft,
    ...noun.applyDefaults?.(draft),
    description: draft.description ?? "",
    config: configOf(draft),
  });

  async function locate(context: Context, at: Inputs, wanted?: string): Promise<Found | undefined> {
    const found = await noun.find(context.client, at);
    const isIt = found !== undefined && [undefined, id(at), identity(found, at)].includes(wanted);
    if (found !== undefined && isIt) return { ...found, at };
    return wanted === undefined ? undefined : noun.search?.(context, at, wanted);
  }

  return {
    noun: noun.noun,
    schema: noun.schema,
    policies: noun.policies,
    rules: (draft) => [...keyRules(draft, noun.fields), ...(noun.rules?.(draft) ?? [])],
    applyDefaults,
    complete: (completion) => Promise.resolve(complete(noun, applyDefaults, completion)),
    preflight: (client, completion) => preflight.failures(client, completion),
    ...(noun.preflightChange && { preflightChange: noun.preflightChange }),
    comparable: (inputs) => preflight.comparable(inputs),
    deleteBeforeReplace: (olds, news) => id(olds) === id(news) || noun.excludes?.(olds, news) === true,
    uniqueName: { what: noun.noun, parts: "target" in noun.policies ? [...noun.idParts, "target"] : [...noun.idParts] },
    idOf: id,
    locate,
    identity: (found) => identity(found, found.at),
    // States written before identities were stored know an object by its place alone.
    identityOfState: (state) => (isRead(state) ? id(state) : undefined),
    owner: ({ value }) => value.config?.[ownerKey],
    isWhole: ({ value }) => value.config?.[creatingKey] === undefined,
    obstacle: ({ value }, inputs, { urn }) => preflight.obstacle(value, inputs, urn),
    create: async (context, inputs) => {
      unplan(context.client, noun.noun, id(inputs));
      await noun.make(context, inputs, settings.initial(inputs, context.urn));
    },
    claim: (context, inputs, found) => settings.claim(context, inputs, found),
    steps: ({ context, inputs, olds, isNew }) => {
      const { move, finishMove } = noun;
      const moving = move && { name: "move", run: (found: Found) => move(context, found, inputs) };
      const finishing = finishMove && { name: "finish move", run: (found: Found) => finishMove(context, found) };
      return [
        ...[finishing, moving, finishing].filter((step) => step !== undefined),
        {
          name: "configure",
          run: (found) => {
            // What a new one has that nobody has said is the server's.
            const recorded = isNew ? settings.observe(inputs, found.value, "all").serverConfig : olds?.serverConfig;
            const placed = noun.located?.(found, inputs) ?? inputs;
            return settings.sync(context, placed, { found, recorded });
          },
        },
      ];
    },
    toState: (_context, { inputs, found, state, moment }) => {
      const placed = { ...inputs, ...placeOf(noun.idParts, found.at) };
      return Promise.resolve(
        settings.observe(placed, found.value, ["created", "settled"].includes(moment) ? "all" : state?.serverConfig),
      );
    },
    remove: async (context, found) => {
      const { value, at } = found;
      const users = noun.users?.(value) ?? value.used_by ?? [];
      if (users.length > 0) throw inUse(noun.noun, users);
      await noun.beforeRemove?.(context, found);
      await noun.drop(context.client, at);
    },
    fromId: (text, state) => {
      const address = parseId(noun.idParts, text);
      if (address !== undefined)
        return { description: "", config: {}, ...noun.blank, ...state, ...address } as unknown as Inputs;
      const advice = `Use the form "${noun.idParts.join("/")}".`;
      throw new LxdError({ code: "invalid-argument", why: `"${text}" is not a valid ${noun.noun} ID`, advice });
    },
  };
}

/** `.get` begins with a state that has nothing but what the program says. */
function isRead(state: { serverConfig?: StringMap | undefined }): boolean {
  return state.serverConfig !== undefined;
}

function configOf({ config }: { config?: unknown }): StringMap {
  return isUnknown(config) ? (config as StringMap) : withoutEmpty(spelledOut(config as StringMap | undefined));
}

function placeOf(parts: readonly string[], at: object): Record<string, unknown> {
  return Object.fromEntries(parts.map((part) => [part, (at as Record<string, unknown>)[part]]));
}

function complete<Inputs extends ConfigInputs>(
  noun: Pick<ConfigNoun<Inputs, Inputs & ConfigFacts, ConfigWire>, "computed" | "nameSchema">,
  applyDefaults: (draft: Draft<Inputs>) => Draft<Inputs>,
  completion: Completion<Inputs>,
): { draft: Draft<Inputs>; failures: Failure[] } {
  const { draft, urn } = completion;
  const name = (draft.name as string | undefined) ?? logicalName(urn);
  const whole = { ...applyDefaults({ ...draft, ...noun.computed?.(completion) }), name };
  if (draft.name !== undefined) return { draft: whole, failures: [] };
  const issue = noun.nameSchema.safeParse(name).error?.issues[0];
  if (issue === undefined) return { draft: whole, failures: [] };
  const reason = `the resource's own name "${name}" ${issue.message}; set \`name\` to a valid one`;
  return { draft: whole, failures: [{ property: "name", reason }] };
}
