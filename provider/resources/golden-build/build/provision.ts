// The second boot of a builder: what was installed is started without its media, provided with things, sealed, shut down.
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

/** How many steps are done is kept on the builder: a run that was killed goes on with the one that it was at. */
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
