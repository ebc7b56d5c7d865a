// /1.0/instances/<name>/state: start, stop, restart, freeze, unfreeze; and the current state.
import type { GuestControl } from "../../context";
import { badRequest, failed } from "../../errors";
import type { Call } from "../../http/call";
import { type Reply, running, sync } from "../../http/reply";
import { instanceUrl, requireInstance } from "../../instances/instance";
import { stateView } from "../../instances/state-view";
import type { InstanceRecord } from "../../store/records";

interface Change {
  guests: GuestControl;
  instance: InstanceRecord;
  isForced: boolean;
  isStateful: boolean;
  timeoutMs: number | undefined;
}

async function stop({ guests, instance, isForced, isStateful, timeoutMs }: Change): Promise<void> {
  if (isStateful) throw failed("Stateful stop requires migration.stateful to be set to true");
  if (isForced) guests.kill(instance);
  else await guests.shutDown(instance, timeoutMs);
}

const ACTIONS: Record<string, { description: string; run: (change: Change) => void | Promise<void> }> = {
  start: { description: "Starting instance", run: ({ guests, instance }) => guests.start(instance) },
  stop: { description: "Stopping instance", run: stop },
  restart: {
    description: "Restarting instance",
    run: async (change) => {
      await stop(change);
      change.guests.start(change.instance);
    },
  },
  freeze: { description: "Freezing instance", run: ({ guests, instance }) => guests.setFrozen(instance, true) },
  unfreeze: { description: "Unfreezing instance", run: ({ guests, instance }) => guests.setFrozen(instance, false) },
};

const PUT = { action: "string", timeout: "int", force: "bool", stateful: "bool" } as const;

export async function putState(call: Call): Promise<Reply> {
  const body = await call.json("InstanceStatePut", PUT);
  const instance = requireInstance(call);
  const action = ACTIONS[body.action ?? ""];
  if (action === undefined) throw badRequest(`Unknown action: '${body.action ?? ""}'`);
  const { guests, operations } = call.daemon;
  const seconds = body.timeout ?? -1;
  const change: Change = {
    guests,
    instance,
    isForced: body.force ?? false,
    isStateful: (body.stateful ?? false) && body.action !== "start",
    timeoutMs: seconds < 0 ? undefined : seconds * 1000,
  };
  const run = () => action.run(change);
  const resources = { instances: [instanceUrl(instance)] };
  const { description } = action;
  return running(operations.start({ description, project: instance.project, resources, run }));
}

export const getState = (call: Call): Reply => sync(stateView(call.daemon.store, requireInstance(call)));
