// Reports a failed build with its phase, console and screenshot, and keeps or removes its instances.
import { findInstance } from "../../../lxd/api/instance/instances";
import { isReason, LxdError } from "../../../base/errors";
import { ConsoleLog } from "../../machine/console";
import { isRunning } from "../../machine/power";
import { builderName } from "./machine";
import { isMachineOf, machinesOf, removeMachine } from "./machines";
import { giveUp } from "./install-budget";
import { type Phase } from "./phase-deadlines";
import { type GoldenInputs } from "../schema";
import { type Screenshot, takeScreenshot } from "./screenshot";
import { isBuildOf, isCandidate, type Place, removeImage, versionsOf } from "../versions";

export interface Failed {
  place: Place;
  inputs: GoldenInputs;
  phase: Phase;
}

/** The error with diagnostics; the instances are kept or removed as the program specifies. */
export async function failure(failed: Failed, thrown: unknown): Promise<LxdError> {
  const { inputs, phase } = failed;
  const error = LxdError.from(thrown);
  // An unreachable daemon can neither be queried nor cleaned up.
  if (error.code === "unavailable") return inPhase(phase, error, goesOn);
  // Nothing failed, so everything is left for the next run.
  if (error.code === "cancelled") return inPhase(phase, error);
  const seen = await look(failed, error).catch((fault: unknown) => ({ tail: `; ${unseen(fault)}`, screen: undefined }));
  const { tail, screen } = seen;
  const picture = screen !== undefined && "file" in screen ? `A screenshot is in ${screen.file}. ` : "";
  const blind = screen !== undefined && "why" in screen ? `; no screenshot is available: ${screen.why}` : "";
  const advice =
    cureOf(error) + picture + (inputs.onFailure === "clean" ? await cleaned(failed) : await kept(failed, error));
  return inPhase(phase, new LxdError({ ...error.details, why: error.details.why + tail + blind, advice }));
}

/** The same failure, prefixed with its phase. */
export function inPhase(phase: Phase, { details }: LxdError, advice?: string): LxdError {
  return new LxdError({ ...details, why: `phase ${phase}: ${details.why}`, advice: details.advice ?? advice });
}

/** The error's own advice, except for a wait timeout, whose advice refers to an instance of the program. */
function cureOf({ code, details: { advice } }: LxdError): string {
  return advice === undefined || code === "timeout" ? "" : `${advice}\n`;
}

const goesOn = "The next `pulumi up` resumes from here.";

function unseen(fault: unknown): string {
  return `the machine cannot be inspected: ${LxdError.from(fault).details.why}`;
}

async function kept({ place, inputs, phase }: Failed, error: LxdError): Promise<string> {
  if (phase === "install" && isReason(error, "not-powered-off")) {
    const at = { project: place.project, name: builderName(place.urn, inputs.version) };
    return giveUp(place.client, at, inputs);
  }
  if (isReason(error, "never-written")) {
    const name = builderName(place.urn, inputs.version);
    return (
      `The builder ${name} is left unchanged; the next \`pulumi up\` publishes it again. It installs from scratch with other ` +
      'inputs, or when the builder is deleted: by hand, or by a run with onFailure: "clean".'
    );
  }
  if (phase === "machine" || phase === "install") {
    return `The builder is left unchanged; the next \`pulumi up\` resumes with it, or starts clean if an input changes.`;
  }
  return phase === "verify" ? `The machine of the verification is kept. ${goesOn}` : goesOn;
}

async function cleaned(failed: Failed): Promise<string> {
  try {
    await clean(failed);
    return "What was built so far is removed, as onFailure says; the next `pulumi up` starts from the beginning.";
  } catch (error) {
    return `What was built so far could not be removed: ${LxdError.from(error).details.why}. ${goesOn}`;
  }
}

/** Removes the instances of this build, and its image unless it is already released. */
async function clean({ place, inputs }: Failed): Promise<void> {
  for (const machine of await machinesOf(place)) {
    if (isMachineOf(machine, inputs)) await removeMachine(place, machine.name);
  }
  for (const image of await versionsOf(place)) {
    if (isBuildOf(image, inputs) && isCandidate(image)) await removeImage(place, image.fingerprint);
  }
}

/** The console, unless the error already quotes it, and a screenshot of the running instance. */
async function look(
  { place, inputs, phase }: Failed,
  error: LxdError,
): Promise<{ tail: string; screen: Screenshot | undefined }> {
  const { client, project, urn } = place;
  const name = builderName(urn, inputs.version) + (phase === "verify" ? "-verify" : "");
  const at = { project, name };
  const machine = (await findInstance(client, at))?.value;
  const isOn = machine !== undefined && isRunning(machine);
  // If an installer did nothing, only its last output shows why.
  if (machine === undefined || !(isOn || isReason(error, "never-written"))) return { tail: "", screen: undefined };
  const tail = error.details.quotesConsole === true ? "" : await new ConsoleLog(client, at).tail(machine);
  return { tail, screen: isOn ? await takeScreenshot(client, at) : undefined };
}
