// Applies an instance's settings: while it runs if the server can, otherwise while it is stopped.
import { type WireInstance } from "../../../lxd/api/instance/instances";
import { type Found } from "../../../lxd/client/core/requests";
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
  hasChanged: boolean;
  /** Whether it was stopped for the change. */
  wasStopped: boolean;
}

/**
 * Applies settings to the running instance where the server can. Otherwise, if the program allows it, the instance is
 * stopped for the change. An instance with a pending installation is switched off for settings that apply only at a
 * start: no installed system can be lost.
 */
export async function applySettings(
  context: Context,
  inputs: InstanceInputs,
  found: Found<WireInstance>,
): Promise<Applied> {
  const { client, urn } = context;
  const info = await client.info();
  let isOutdated = false as boolean;
  const change = (known?: Found<WireInstance>): Promise<boolean> =>
    changeSettings(
      context,
      inputs,
      (wire) => {
        const next = desiredConfig(wire, inputs, { urn, info });
        isOutdated = isInstalling(wire) && !isSameStart(wire, next);
        return isOutdated ? {} : next;
      },
      known,
    );
  try {
    const hasChanged = await change(found);
    if (!isOutdated) return { hasChanged, wasStopped: false };
    context.status("stopping the machine, because its installation starts again with other settings");
    await switchOff(context, inputs);
    await change();
    return { hasChanged: true, wasStopped: false };
  } catch (error) {
    const { value } = await get(client, inputs);
    if (!needsStop(error) || !isRunning(value) || value.ephemeral) throw error;
    if (!inputs.allowRestart)
      throw new LxdError({ ...error.details, advice: "Set allowRestart: true, or running: false." });
    await stop(context, inputs, milliseconds(inputs.shutdownTimeout));
    await change();
    return { hasChanged: true, wasStopped: true };
  }
}

/** Stops an instance that gets the new size of its disk only at its next start. Returns whether it did. */
export async function stopToGrow(context: Context, inputs: InstanceInputs, wire: WireInstance): Promise<boolean> {
  if (!isResizeDeferred(wire)) return false;
  if (!inputs.allowRestart || wire.ephemeral) throw deferredResize();
  await stop(context, inputs, milliseconds(inputs.shutdownTimeout));
  return true;
}

/** Whether an installation is in progress, which can only be restarted. */
function isInstalling(wire: WireInstance): boolean {
  return isRunning(wire) && wire.type === "virtual-machine" && phaseOf(wire) === "installing";
}

/** Matches the daemons' errors for a change that a running instance does not accept. */
function needsStop(error: unknown): error is LxdError {
  const words =
    /when VM is running|when instance is running|while running|Cannot increase memory|hotplug|must be stopped/i;
  return isCode(error, "failed") && words.test(error.details.why);
}
