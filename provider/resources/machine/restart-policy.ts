// Stops a running instance for changes that require it to be off, if the program allows a restart.
import { type InstanceAddress, type WireInstance } from "../../lxd/api/instance/instances";
import { LxdError } from "../../base/errors";
import { type Context, type Failure, type PartialInputs } from "../../kind/kind";
import { milliseconds } from "../../kind/units";
import { isRunning, isStopped, stop } from "./power";
import { get, phaseOf } from "./settings";

/** Inputs that control restarts. */
interface RestartPolicy {
  allowRestart: boolean;
  shutdownTimeout: string;
  running: boolean;
  power: "managed" | "initial" | "ignored";
}

/** `what`: for example `renamed`. Returns whether the instance was running. */
export async function stopFor(
  context: Pick<Context, "client" | "status">,
  at: InstanceAddress,
  { news, what }: { news: RestartPolicy; what: string },
): Promise<boolean> {
  const { value } = await get(context.client, at);
  if (isStopped(value)) return false;
  const why = `a running machine cannot be ${what}`;
  if (value.ephemeral) throw new LxdError({ code: "invalid-argument", why: `${why}, ${lostByStop}` });
  if (!news.allowRestart) throw new LxdError({ code: "invalid-argument", why, advice });
  await stop(context, at, milliseconds(news.shutdownTimeout));
  return true;
}

/** Preview failures for changes that need the instance stopped while it keeps running. */
export function coldFailures(
  wire: WireInstance,
  inputs: PartialInputs<RestartPolicy>,
  { property, what }: { property: string; what: string },
): Failure[] {
  if (!staysOn(wire, inputs) || (inputs.allowRestart === true && !wire.ephemeral)) return [];
  const reason = `a running machine cannot be ${what}${wire.ephemeral ? `, ${lostByStop}` : `; ${restartAdvice}`}`;
  return [{ property, reason }];
}

/** Whether it runs and this update does not stop it first. */
export function staysOn(wire: WireInstance, { running, power }: PartialInputs<RestartPolicy>): boolean {
  return isRunning(wire) && !(power === "managed" && running === false && phaseOf(wire) === "installed");
}

export const restartAdvice =
  "set allowRestart: true to allow a shutdown for this, or stop it with running: false first";
const lostByStop = "and an ephemeral one is deleted when it is shut down: set ephemeral: false in an update before";
const advice = "Set allowRestart: true, or running: false.";
