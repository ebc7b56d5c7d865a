// Builds a resource kind from its definition; used by profiles, projects, networks, storage pools and volumes.
import { type StringMap } from "../../lxd/api/instance/instances";
import { LxdError } from "../../base/errors";
import {
  type CheckContext,
  type Context,
  type Failure,
  type PartialInputs,
  type ReconciledKind,
} from "../../kind/kind";
import { isUnknown } from "../../kind/unknowns";
import { toStrings } from "../shared/common";
import { withoutEmpty } from "../shared/normalize";
import { creatingKey, ownerKey } from "../shared/ownership";
import {
  type ConfigFacts,
  type ConfigFound,
  type ConfigInputs,
  type ConfigMapDefinition,
  type ConfigWire,
} from "./definition";
import { type Settings } from "./definition";
import { conflict, idOf, normalize, parseId, preflight } from "./preflight";
import { unplan } from "../shared/planned";
import { validateKeys } from "./validation";
import { adopt, initialSettings, readState, reconcile } from "./settings";
import { inUse } from "../shared/in-use";

export function configMapKind<
  Inputs extends ConfigInputs,
  Outputs extends Inputs & ConfigFacts,
  Wire extends ConfigWire,
  Put extends Settings,
>(
  definition: ConfigMapDefinition<Inputs, Outputs, Wire, Put>,
): ReconciledKind<Inputs, Outputs, ConfigFound<Inputs, Wire>> {
  type Found = ConfigFound<Inputs, Wire>;
  const id = (inputs: Inputs): string => idOf(definition.idParts, inputs);
  const identity = ({ value }: Pick<Found, "value">, at: Inputs): string => definition.identity?.(value) ?? id(at);
  const applyDefaults = (partial: PartialInputs<Inputs>): PartialInputs<Inputs> => ({
    ...partial,
    ...definition.applyDefaults?.(partial),
    description: partial.description ?? "",
    config: configOf(partial),
  });

  async function locate(context: Context, at: Inputs, desired?: string): Promise<Found | undefined> {
    const found = await definition.find(context.client, at);
    const isIt = found !== undefined && [undefined, id(at), identity(found, at)].includes(desired);
    if (found !== undefined && isIt) return { ...found, at };
    return desired === undefined ? undefined : definition.search?.(context, at, desired);
  }

  return {
    kindName: definition.kindName,
    schema: definition.schema,
    policies: definition.policies,
    ...(definition.mayLack && { mayLack: definition.mayLack }),
    validate: (partial) => [...validateKeys(partial, definition.fields), ...(definition.validate?.(partial) ?? [])],
    applyDefaults,
    computeInputs: (check) => Promise.resolve(computeInputs(definition, applyDefaults, check)),
    preflight: (client, check) => preflight(definition, client, check),
    ...(definition.preflightChange && { preflightChange: definition.preflightChange }),
    normalize: (inputs) => normalize(definition, inputs),
    deleteBeforeReplace: (olds, news) => id(olds) === id(news) || definition.excludes?.(olds, news) === true,
    uniqueName: {
      what: definition.kindName,
      parts: "target" in definition.policies ? [...definition.idParts, "target"] : [...definition.idParts],
    },
    idOf: id,
    locate,
    identity: (found) => identity(found, found.at),
    // State written before identities were stored identifies an object by its location only.
    identityOfState: (state) => (isRead(state) ? id(state) : undefined),
    owner: ({ value }) => value.config?.[ownerKey],
    isComplete: ({ value }) => value.config?.[creatingKey] === undefined,
    conflict: ({ value }, inputs, { urn }) => conflict(definition, value, { inputs, urn }),
    create: async (context, inputs) => {
      unplan(context.client, definition.kindName, id(inputs));
      await definition.make(context, inputs, initialSettings(definition, inputs, context.urn));
    },
    adopt: (context, inputs, found) => adopt(definition, context, { inputs, found }),
    steps: ({ context, inputs, olds, isNew }) => {
      const { move, finishMove } = definition;
      const moving = move && { name: "move", run: (found: Found) => move(context, found, inputs) };
      const finishing = finishMove && { name: "finish move", run: (found: Found) => finishMove(context, found) };
      return [
        ...[finishing, moving, finishing].filter((step) => step !== undefined),
        {
          name: "configure",
          run: (found) => {
            // On a new object, every key that the program omits belongs to the server.
            const recorded = isNew
              ? readState(definition, inputs, { wire: found.value, recorded: "all" }).serverConfig
              : olds?.serverConfig;
            const placed = definition.located?.(found, inputs) ?? inputs;
            return reconcile(definition, context, { inputs: placed, found, recorded });
          },
        },
      ];
    },
    toState: (_context, { inputs, found, state, moment }) => {
      const placed: Inputs = { ...inputs, ...placeOf(definition.idParts, found.at) };
      const recorded = ["created", "settled"].includes(moment) ? "all" : state?.serverConfig;
      return Promise.resolve(readState(definition, placed, { wire: found.value, recorded }));
    },
    remove: async (context, found) => {
      const { value, at } = found;
      const users = definition.users?.(value) ?? value.used_by ?? [];
      if (users.length > 0) throw inUse(definition.kindName, users);
      await definition.beforeRemove?.(context, found);
      await definition.drop(context.client, at);
    },
    fromId: (text, state) => {
      const address = parseId(definition.idParts, text);
      if (address !== undefined)
        return { description: "", config: {}, ...definition.blank, ...state, ...address } as unknown as Inputs;
      const advice = `Use the form "${definition.idParts.join("/")}".`;
      throw new LxdError({
        code: "invalid-argument",
        why: `"${text}" is not a valid ${definition.kindName} ID`,
        advice,
      });
    },
  };
}

/** `.get` starts from a state that has only the inputs. */
function isRead(state: { serverConfig?: StringMap | undefined }): boolean {
  return state.serverConfig !== undefined;
}

function configOf({ config }: { config?: unknown }): StringMap {
  return isUnknown(config) ? (config as StringMap) : withoutEmpty(toStrings(config as StringMap | undefined));
}

function placeOf(parts: readonly string[], at: object): Record<string, unknown> {
  return Object.fromEntries(parts.map((part) => [part, (at as Record<string, unknown>)[part]]));
}

function computeInputs<Inputs extends ConfigInputs>(
  definition: Pick<ConfigMapDefinition<Inputs, Inputs & ConfigFacts, ConfigWire>, "computed" | "nameSchema">,
  applyDefaults: (inputs: PartialInputs<Inputs>) => PartialInputs<Inputs>,
  check: CheckContext<Inputs>,
): { inputs: PartialInputs<Inputs>; failures: Failure[] } {
  const { inputs } = check;
  const name = (inputs.name as string | undefined) ?? check.automaticName;
  const whole = { ...applyDefaults({ ...inputs, ...definition.computed?.(check) }), name };
  if (inputs.name !== undefined) return { inputs: whole, failures: [] };
  const issue = definition.nameSchema.safeParse(name).error?.issues[0];
  if (issue === undefined) return { inputs: whole, failures: [] };
  const reason = `the resource's own name "${name}" ${issue.message}; set \`name\` to a valid one`;
  return { inputs: whole, failures: [{ property: "name", reason }] };
}
