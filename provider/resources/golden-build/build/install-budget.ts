// How long an installation is waited for by the run after one that has given it up: no longer than it may take in all.
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
 * The builder with what is left of its time. One that was given up and runs as it did then is waited for only if the
 * program allows for more time now; one that somebody has started anew, or that is off, is as good as any.
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

/** How long a machine was waited for in vain since it was started; none if that was before its last start. */
function waited(machine: WireInstance): number {
  const [ms, started] = machine.config?.[givenUpKey]?.split(" ") ?? [];
  return isRunning(machine) && started === machine.last_used_at ? Number(ms) : 0;
}

/** Notes on the builder that its installation was waited for as long as it may take; in words what comes of that. */
export async function giveUp(client: Client, at: InstanceAddress, { install }: GoldenInputs): Promise<string> {
  try {
    await changeSettings({ client }, at, (found) => {
      if (!isRunning(found)) return {};
      const ms = Math.max(waited(found), milliseconds(install.timeout));
      return { config: { ...found.config, [givenUpKey]: `${ms} ${found.last_used_at}` } };
    });
    return waysOn(at.name);
  } catch (error) {
    // It is more important why the installation was given up.
    return `The next \`pulumi up\` waits again, because this could not be recorded: ${LxdError.from(error).details.why}`;
  }
}

function stillThere({ name }: InstanceInputs, { install: { timeout } }: GoldenInputs): LxdError {
  const why = `waiting for powered-off: an earlier run has waited for ${name} for ${timeout}, and it runs on as it did`;
  return new LxdError({ code: "timeout", why, reason: "not-powered-off" });
}

function waysOn(name: string): string {
  return (
    `The builder ${name} is kept as it is. The next \`pulumi up\` resumes when its guest has powered it off, for example after you have ` +
    "ended the installation on its console, waits again if you have restarted it or install.timeout is longer, and installs " +
    'from scratch with other inputs or onFailure: "clean".'
  );
}
