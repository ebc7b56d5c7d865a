// Instances: blank virtual machines that boot an ISO volume, and virtual machines and containers made from an image.
import { identityOf, type InstanceFound, locateInstance } from "../../lxd/api/instance/instance-identity";
import { deleteInstance } from "../../lxd/api/instance/instances";
import { settleInstance } from "../../lxd/api/operations";
import { LxdError } from "../../base/errors";
import {
  type Context,
  type PartialInputs,
  type Reading,
  type ReconciledKind,
  type Step,
  type Work,
} from "../../kind/kind";
import { milliseconds } from "../../kind/units";
import { readFiles } from "../machine/guest/files";
import { ownerKey } from "../shared/ownership";
import { readNetwork } from "../machine/addresses";
import { createDeadlineMs } from "./markers";
import { preflightChange } from "./preflight/change";
import { make } from "./steps/create";
import { identityBefore } from "./identity";
import { retryWhileBusy } from "../machine/busy";
import { addressOf, unwritten } from "./import";
import { applyDefaults, computeInputs, omittedDefaults, policies } from "./inputs";
import { explainMedia } from "./preflight/media";
import { finishMove, move, removeTwins } from "./steps/relocation";
import { isStopped, stop } from "../machine/power";
import { conflict, idOf, isComplete } from "./existing";
import { preflight } from "./preflight/preflight";
import { rebuild } from "./steps/rebuild";
import { rename } from "./steps/rename";
import { validate } from "./validation";
import { type InstanceInputs, type InstanceOutputs, schema } from "./schema";
import { toOutputs } from "./settings";
import { changeSettings } from "../machine/settings";
import { isTrue } from "../../kind/booleans";
import { normalize } from "../shared/normalize";
import { reconcileSteps, shutDownFirst } from "./steps/reconcile";

type Inputs = InstanceInputs;
type Outputs = InstanceOutputs;

export const instance: ReconciledKind<Inputs, Outputs, InstanceFound> = {
  kindName: "instance",
  schema,
  policies,
  mayLack: ["ipv4", "ipv6", "baseImage"],
  validate,
  applyDefaults,
  computeInputs: async (check) => {
    const { inputs: partial, failures } = await computeInputs(check);
    return { inputs: { ...partial, __identity: await identityBefore({ ...check, inputs: partial }) }, failures };
  },
  normalize,
  omittedDefaults,
  preflight,
  preflightChange,
  deleteBeforeReplace: (olds, news) => idOf(olds) === idOf(news),
  uniqueName: { what: "instance", parts: ["project", "name"] },
  idOf,
  settle: ({ client }, inputs) => settleInstance(client, inputs, createDeadlineMs),
  locate: ({ client }, { project, name }, identity) => locateInstance(client, { project, name }, identity),
  identity: ({ value }) => identityOf(value),
  identityOfState: (state) => (isRead(state) ? `@${state.createdAt}` : undefined),
  owner: ({ value }) => value.config?.[ownerKey],
  isComplete: ({ value }) => isComplete(value),
  conflict: ({ value }, inputs, { urn }) => conflict(value, inputs, urn),
  create: (context, inputs) => explained(context, inputs, () => make(context, inputs)),
  adopt: async ({ client, urn }, _inputs, found) => {
    await changeSettings({ client }, found.at, ({ config }) => ({ config: { ...config, [ownerKey]: urn } }), found);
  },
  steps: (work) => {
    const { context, inputs } = work;
    return steps(work).map(({ name, run }) => ({ name, run: (found) => explained(context, inputs, () => run(found)) }));
  },
  toState,
  remove,
  // With no state but the ID (`Instance.get`), the instance is read without comparison.
  fromId: (id, state) => unwritten(addressOf(id), state as Partial<Outputs>),
};

function isRead({ createdAt }: PartialInputs<Outputs>): boolean {
  return createdAt !== undefined;
}

async function explained<T>({ client }: Context, inputs: Inputs, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw await explainMedia(client, inputs, LxdError.from(error));
  }
}

function steps({ context, inputs, olds }: Work<Inputs, Outputs>): Step<InstanceFound>[] {
  let isStopped = false;
  const stopping = (wasStopped: boolean): void => void (isStopped ||= wasStopped);
  const finishing = { name: "finish move", run: (found: InstanceFound) => finishMove(context, found) };
  const settled = reconcileSteps(context, inputs, { isStopped: () => isStopped, oldFiles: olds?.files });
  if (olds === undefined) return settled;
  return [
    { name: "shut down", run: (found) => shutDownFirst(context, found, inputs) },
    {
      name: "rename",
      run: async (found) => {
        if (found.at.name === inputs.name) return false;
        stopping(await rename(context, found, inputs));
        return true;
      },
    },
    {
      name: "rebuild",
      run: async ({ value }) => {
        const rebuilt = await rebuild(context, value, { olds, news: inputs });
        stopping(rebuilt === "stopped");
        return rebuilt !== undefined;
      },
    },
    finishing,
    {
      name: "move",
      run: async ({ value }) => {
        const moved = await move(context, value, inputs);
        stopping(moved === "stopped");
        return moved !== undefined;
      },
    },
    finishing,
    ...settled,
  ];
}

/** The only mapping from the daemon to the state. What needs extra requests is read only at the end of a run. */
async function toState(
  { client }: Context,
  { inputs, found, state, moment }: Reading<Inputs, Outputs, InstanceFound>,
): Promise<Outputs> {
  const { value, at } = found;
  const outputs = toOutputs({ ...inputs, project: at.project }, value);
  const { addresses = {}, macs = {}, ipv4, ipv6 } = state ?? {};
  if (moment === "created") return { ...outputs, addresses, macs, files: [] };
  // At a checkpoint it is unknown which of the files are already written.
  if (moment === "checkpoint") return { ...outputs, addresses, macs, ipv4, ipv6, files: state?.files ?? [] };
  const network = await readNetwork(client, at, value);
  if (moment === "settled") return { ...outputs, ...network };
  return { ...outputs, ...network, files: await readFiles(client, at, inputs.files) };
}

async function remove(context: Context, found: InstanceFound, state: Outputs): Promise<void> {
  const { value, at } = found;
  const { expanded_config: expanded, config } = value;
  if (isTrue({ ...expanded, ...config }["security.protection.delete"])) throw isProtected();
  const { onDelete, shutdownTimeout } = applyDefaults(state) as Inputs;
  if (!isStopped(value)) await stop(context, at, onDelete === "shutdown" ? milliseconds(shutdownTimeout) : 0);
  await removeTwins(context, found);
  await retryWhileBusy(context, at, () => deleteInstance(context.client, at));
}

/** The daemon would report this only after the instance was stopped. */
function isProtected(): LxdError {
  return new LxdError({
    code: "failed",
    why: 'the instance is protected by "security.protection.delete"',
    advice: "Set that key to false in the program, run `pulumi up`, and try again.",
  });
}
