// Gives a machine the settings that the program says: while it runs as far as the server can, else while it is shut down.
import { type WireInstance } from "../../../lxd/api/instance/instances";
import { isCode, LxdError } from "../../../base/errors";
import { type Context } from "../../../kind/kind";
import { milliseconds } from "../../../kind/units";
import { isSameStart } from "./boot-settings";
import { deferredResize, isResizeDeferred } from "./disk-resize";
import { isRunning, stop, switchOff } from "../../machine/power";
import { type InstanceInputs } from "../schema";
import { desiredConfig } from "../settings";
import { changeSettings, get, phaseOf } from "../../machine/settings";

export interface Applied {
  /** The machine as it is then. */
  wire: WireInstance;
  /** Whether it was shut down for the change. */
  wasStopped: boolean;
}

/**
 * Changes settings, under the running machine where the server can. Where it cannot, and the program allows it, the
 * machine is shut down for the change. A machine whose installation is pending is switched off for what it takes only when
 * it starts: nothing is installed that could be lost.
 */
export async function applySettings(context: Context, inputs: InstanceInputs): Promise<Applied> {
  const { client, urn } = context;
  const info = await client.info();
  let isOutdated = false as boolean;
  const change = (): Promise<void> =>
    changeSettings(context, inputs, (wire) => {
      const next = desiredConfig(wire, inputs, { urn, info });
      isOutdated = isInstalling(wire) && !isSameStart(wire, next);
      return isOutdated ? {} : next;
    });
  try {
    await change();
    if (isOutdated) {
      context.status("stopping the machine, because its installation starts again with other settings");
      await switchOff(context, inputs);
      await change();
    }
  } catch (error) {
    const { value } = await get(client, inputs);
    if (!needsStop(error) || !isRunning(value) || value.ephemeral) throw error;
    if (!inputs.allowRestart)
      throw new LxdError({ ...error.details, advice: "Set allowRestart: true, or running: false." });
    await stop(context, inputs, milliseconds(inputs.shutdownTimeout));
    await change();
    return { wire: (await get(client, inputs)).value, wasStopped: true };
  }
  const { value } = await get(client, inputs);
  if (!isResizeDeferred(value)) return { wire: value, wasStopped: false };
  if (!inputs.allowRestart || value.ephemeral) throw deferredResize();
  await stop(context, inputs, milliseconds(inputs.shutdownTimeout));
  return { wire: (await get(client, inputs)).value, wasStopped: true };
}

/** Whether a machine is at what can only be begun anew. */
function isInstalling(wire: WireInstance): boolean {
  return isRunning(wire) && wire.type === "virtual-machine" && phaseOf(wire) === "installing";
}

/** The daemons' words for a change that a running machine does not take. */
function needsStop(error: unknown): error is LxdError {
  const words =
    /when VM is running|when instance is running|while running|Cannot increase memory|hotplug|must be stopped/i;
  return isCode(error, "failed") && words.test(error.details.why);
}
