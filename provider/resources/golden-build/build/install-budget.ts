// Limits the total wait for an installation across runs, after an earlier run has given it up.
import { findInstance, type InstanceAddress, type WireInstance } from "../../../lxd/api/instance/instances";
import { type Client } from "../../../lxd/client/core/client";
import { LxdError } from "../../../base/errors";
import { milliseconds } from "../../../kind/units";
import { isRunning } from "../../machine/power";
import { type InstanceInputs } from "../../instance/schema";
import { changeSettings } from "../../machine/settings";
import { givenUpKey } from "../../shared/ownership";
import { type Build } from "./phases";
import { removeMachine } from "./machines";
import { type GoldenInputs } from "../schema";

/**
 * The builder with its remaining install time. If an earlier run gave up and the builder still runs since then, it is
 * waited for only if the program now allows more time. A builder that was restarted or is off counts as new.
 */
export async function withTimeLeft(
  { place, inputs, progress }: Pick<Build, "place" | "inputs" | "progress">,
  machine: InstanceInputs,
): Promise<InstanceInputs> {
  const found = (await findInstance(place.client, machine))?.value;
  const waitedMs = found === undefined ? 0 : waited(found);
  if (waitedMs === 0) return machine;
  const leftMs = milliseconds(inputs.install.timeout) - waitedMs;
  if (leftMs > 0) {
    const waitFor = machine.waitFor.map((wait) => ({ ...wait, timeout: `${Math.ceil(leftMs)}ms` }));
    return { ...machine, waitFor };
  }
  if (inputs.onFailure === "keep") {
    progress.enter("install");
    throw stillThere(machine, inputs);
  }
  await removeMachine(place, machine.name);
  return machine;
}

/** How long earlier runs waited since the instance was started; none if they waited before its last start. */
function waited(machine: WireInstance): number {
  const [ms, started] = machine.config?.[givenUpKey]?.split(" ") ?? [];
  return isRunning(machine) && started === machine.last_used_at ? Number(ms) : 0;
}

/** Records on the builder that its installation timed out; returns the consequence for the error message. */
export async function giveUp(client: Client, at: InstanceAddress, { install }: GoldenInputs): Promise<string> {
  try {
    await changeSettings({ client }, at, (found) => {
      if (!isRunning(found)) return {};
      const ms = Math.max(waited(found), milliseconds(install.timeout));
      return { config: { ...found.config, [givenUpKey]: `${ms} ${found.last_used_at}` } };
    });
    return waysOn(at.name);
  } catch (error) {
    // The reason for giving up matters more.
    return `The next \`pulumi up\` waits again, because this could not be recorded: ${LxdError.from(error).details.why}`;
  }
}

function stillThere({ name }: InstanceInputs, { install: { timeout } }: GoldenInputs): LxdError {
  const why = `waiting for powered-off: an earlier run waited for ${name} for ${timeout}, and it is still running`;
  return new LxdError({ code: "timeout", why, reason: "not-powered-off" });
}

function waysOn(name: string): string {
  return (
    `The builder ${name} is left unchanged. The next \`pulumi up\` resumes when its guest has powered it off, for example after you have ` +
    "ended the installation on its console, waits again if you have restarted it or install.timeout is longer, and installs " +
    'from scratch with other inputs or onFailure: "clean".'
  );
}
