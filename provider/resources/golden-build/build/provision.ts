// Second boot of a builder: starts the installed system without media, provisions it, seals it, and shuts it down.
import { type Context } from "../../../kind/kind";
import { milliseconds } from "../../../kind/units";
import { isRunning, start, stop } from "../../machine/power";
import { type InstanceInputs } from "../../instance/schema";
import { changeSettings, get } from "../../machine/settings";
import { waitFor } from "../../machine/waits";
import { stepsKey } from "../../shared/ownership";
import { fixedMs } from "./phase-deadlines";
import { type Progress } from "./phases";
import { type GoldenInputs } from "../schema";
import { runStep } from "./steps";

/**
 * The number of completed steps is stored on the builder: after an interrupted run, the next one resumes at that step.
 */
export async function provision(
  { client }: Pick<Context, "client">,
  { inputs, machine, progress }: { inputs: GoldenInputs; machine: InstanceInputs; progress: Progress },
): Promise<void> {
  const changer = { client, status: progress.status };
  const steps = [...inputs.provision, ...inputs.seal];
  const done = async (): Promise<number> => Number((await get(client, machine)).value.config?.[stepsKey] ?? 0);
  if ((await done()) >= steps.length) return;
  progress.enter("provision");
  if (!isRunning((await get(client, machine)).value)) await start(changer, machine);
  const wait = { condition: "agent", timeout: `${fixedMs.agent}ms` } as const;
  await waitFor({ client, at: machine, wait, status: progress.status });
  for (const [i, step] of steps.entries()) {
    if (i < (await done())) continue;
    if (i >= inputs.provision.length && progress.phase === "provision") progress.enter("seal");
    await runStep({ client, at: machine, status: progress.status }, step);
    await changeSettings(changer, machine, ({ config }) => ({ config: { ...config, [stepsKey]: String(i + 1) } }));
  }
  progress.status("shutting down");
  await stop(changer, machine, milliseconds(machine.shutdownTimeout));
}
