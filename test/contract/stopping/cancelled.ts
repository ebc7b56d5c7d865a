// Cancels a run of one resource in the middle, as Ctrl-C does, and holds the provider to what it promises then.
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { Calls } from "../../../provider/engine/pulumi/calls";
import { Dispatch } from "../../../provider/engine/dispatch";
import { type DynamicProvider } from "../../../provider/engine/pulumi/dynamic-provider";
import { exec } from "../../../provider/resources/exec/exec";
import { goldenBuild } from "../../../provider/resources/golden-build/golden-build";
import { image } from "../../../provider/resources/image/image";
import { instance } from "../../../provider/resources/instance/instance";
import { isoVolume } from "../../../provider/resources/iso-volume/iso-volume";
import { type StackResource } from "../harness/stack";

const providers: Partial<Record<string, (calls: Calls) => DynamicProvider>> = {
  Exec: (calls) => new Dispatch(exec, calls),
  GoldenBuild: (calls) => new Dispatch(goldenBuild, calls),
  Image: (calls) => new Dispatch(image, calls),
  Instance: (calls) => new Dispatch(instance, calls),
  IsoVolume: (calls) => new Dispatch(isoVolume, calls),
};

const promisedMs = 2000;
const quietMs = 700;

/** A socket that lies between and keeps the requests that come through. */
export interface Watched {
  lines: string[];
}

/** Resolves when a run that has begun just now has looked at a machine some times, as it does while it waits for it. */
export async function watching({ lines }: Watched, name: string): Promise<void> {
  const before = lines.length;
  const looks = (): string[] => lines.slice(before).filter((line) => line.startsWith(`GET /1.0/instances/${name}`));
  while (looks().length < 5) await sleep(20);
}

/**
 * Begins an `up`, cancels it once `reached` resolves, and returns what it is told. It has to end in time, and nothing of it
 * may ask the daemon for anything afterwards.
 */
export async function cancelled(
  resource: StackResource,
  { args, reached, watched }: { args: Record<string, unknown>; reached: Promise<unknown>; watched: Watched },
): Promise<string> {
  const calls = new Calls();
  const provider = providers[resource.kindName]?.(calls);
  if (provider === undefined) throw new Error(`no provider of ${resource.kindName} can be cancelled here`);
  resource.forgetProcess();
  resource.useProvider(provider);
  const ended = resource.upHere(args).then(
    () => "it has succeeded",
    (error: unknown) => (error as Error).message,
  );
  await Promise.race([reached, ended.then((said) => expect.fail(`it ended before: ${said}`))]);
  const from = performance.now();
  calls.stop("the run was cancelled");
  const said = await ended;
  expect(performance.now() - from).toBeLessThan(promisedMs);
  expect(said).toMatch(/the run was cancelled.* \[cancelled\]\nRun the command again; it resumes\./);
  // What was on its way when it was stopped comes through.
  await sleep(100);
  const before = [...watched.lines];
  await sleep(quietMs);
  expect(watched.lines).toEqual(before);
  return said;
}
