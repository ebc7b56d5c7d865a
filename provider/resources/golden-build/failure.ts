// What is told of a failed build, and what is left of it: the phase, the console, the screen, the machine.
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findInstance, readScreen } from "../../api/instances";
import { LxdError } from "../../errors";
import { ConsoleLog } from "../instance/console";
import { isRunning } from "../instance/power";
import { builderName } from "./machine";
import { isMachineOf, machinesOf, removeMachine } from "./machines";
import { type Phase } from "./phases";
import { type GoldenInputs } from "./schema";
import { isBuildOf, isCandidate, type Place, removeImage, versionsOf } from "./versions";

export interface Failed {
  place: Place;
  inputs: GoldenInputs;
  phase: Phase;
}

/** The error with all that helps; the machines are kept or removed as the program says. */
export async function failure(failed: Failed, thrown: unknown): Promise<LxdError> {
  const { inputs, phase } = failed;
  const error = LxdError.from(thrown);
  const doing = `build golden image ${inputs.project}/${builderName(failed.place.urn, inputs.version)}, phase ${phase}`;
  // Of a daemon that does not answer nothing more can be learned, and nothing on it be changed.
  if (error.code === "unavailable") return error.during(doing, goesOn);
  const seen = await look(failed, error).catch(() => ({ tail: "", screen: undefined }));
  const screen = seen.screen === undefined ? "" : `Its screen is in ${seen.screen}. `;
  const advice = screen + (inputs.onFailure === "clean" ? await cleaned(failed) : kept(failed, error));
  return new LxdError({ ...error.details, doing, why: error.details.why + seen.tail, advice });
}

const goesOn = "The next `pulumi up` goes on from here.";

function kept({ phase }: Failed, { details }: LxdError): string {
  if (phase === "machine" || phase === "install") {
    return `The builder is kept as it is; the next \`pulumi up\` goes on with it, or starts clean if an input changes.`;
  }
  return phase === "verify" ? `The machine of the trial is kept. ${goesOn}` : (details.advice ?? goesOn);
}

async function cleaned(failed: Failed): Promise<string> {
  try {
    await clean(failed);
    return "What was built so far is removed, as onFailure says; the next `pulumi up` starts anew.";
  } catch (error) {
    return `What was built so far could not be removed: ${LxdError.from(error).details.why}. ${goesOn}`;
  }
}

/** Removes the machines of this build and its image, unless that is released already. */
async function clean({ place, inputs }: Failed): Promise<void> {
  for (const machine of await machinesOf(place)) {
    if (isMachineOf(machine, inputs)) await removeMachine(place, machine.name);
  }
  for (const image of await versionsOf(place)) {
    if (isBuildOf(image, inputs) && isCandidate(image)) await removeImage(place, image.fingerprint);
  }
}

/** The console, unless the error has it already, and the screen of the machine at work. */
async function look(
  { place, inputs, phase }: Failed,
  error: LxdError,
): Promise<{ tail: string; screen: string | undefined }> {
  const { client, project, urn } = place;
  const name = builderName(urn, inputs.version) + (phase === "verify" ? "-verify" : "");
  const at = { project, name };
  const machine = (await findInstance(client, at))?.value;
  if (machine === undefined || !isRunning(machine)) return { tail: "", screen: undefined };
  const hasTail = error.details.why.includes("its console");
  const tail = hasTail ? "" : await new ConsoleLog(client, at).tail(machine);
  return { tail, screen: await screenshot(place, name) };
}

/** A picture of what the machine shows, for people: some installers say on the screen only what is wrong. */
async function screenshot({ client, project }: Place, name: string): Promise<string | undefined> {
  if (!(await client.info()).extensions.has("instance_console_screenshot")) return undefined;
  try {
    const picture = await readScreen(client, { project, name });
    // Of a machine that has gone off in the meantime the daemon sends its console's text instead.
    if (!picture.subarray(0, 4).equals(Buffer.from("\x89PNG", "latin1"))) return undefined;
    const dir = join(tmpdir(), "pulumi-lxd-screens");
    // It may show what was typed, and others can read the folder for temporary files.
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const file = join(dir, `${project}-${name}.png`);
    await writeFile(file, picture, { mode: 0o600 });
    return file;
  } catch {
    // A machine without a display has no screen, and the failure itself must not be lost for that.
    return undefined;
  }
}
