// Arbitrary inputs of every kind: refused with the path of what is wrong, or accepted; never a crash.
import fc from "fast-check";
import { expect, it } from "vitest";
import { type EmbeddedDaemon } from "../../../embedded";
import { LxdError } from "../../../provider/base/errors";
import { type KindName } from "../../../sdk/resource/resource";
import { useEmbedded } from "../harness/embedded";
import { kindOf, StackProcess } from "../harness/stack-process";
import { type Props } from "../harness/stack-run";
import { inputsOf } from "./arbitrary";

const embedded = useEmbedded();
const kindNames: KindName[] = [
  ...(["IsoVolume", "Image", "GoldenBuild", "Instance", "Network", "Exec", "InstanceSnapshot"] as const),
  ...(["Profile", "StoragePool", "StorageVolume", "Project"] as const),
];
const runs = Number(process.env["INPUT_RUNS"] ?? 60);
const seed = Number(process.env["INPUT_SEED"] ?? 1);

/** What JavaScript says of a mistake in this code. */
const crash =
  /Cannot (read|set|convert|destructure)|is not (a function|iterable|defined|a constructor)|\[object Object\]|RangeError|TypeError/;

interface Checked {
  inputs: Props;
  failures: { property: unknown; reason: unknown }[];
}

async function check(kindName: KindName, daemon: EmbeddedDaemon, inputs: Props): Promise<Checked | undefined> {
  const props = {
    ...inputs,
    remote: { socket: daemon.socket },
    __urn: `urn:pulumi:s::p::pulumi-nodejs:dynamic/lxd:${kindName}::r`,
  };
  try {
    return (await new StackProcess({}).call(kindName, "check", {}, props)) as Checked;
  } catch (error) {
    expect(error).toBeInstanceOf(LxdError);
    expect((error as LxdError).details.cause).not.toBeInstanceOf(TypeError);
    expect((error as Error).message).not.toMatch(crash);
    return undefined;
  }
}

function expectSaid({ failures }: Checked): void {
  for (const { property, reason } of failures) {
    expect(typeof property).toBe("string");
    expect(reason).toEqual(expect.stringMatching(/\S/));
    expect(reason).not.toMatch(crash);
  }
}

for (const kindName of kindNames) {
  it(`${kindName}: arbitrary inputs are refused with a path, or accepted`, { timeout: 120_000 }, async () => {
    const daemon = await embedded.start();
    const arbitrary = inputsOf(kindOf(kindName).schema);
    await fc.assert(
      fc.asyncProperty(arbitrary, async (inputs) => {
        const checked = await check(kindName, daemon, inputs as Props);
        if (checked === undefined) return;
        expectSaid(checked);
        if (checked.failures.length > 0) return;
        // What was accepted once is, and compares as the same.
        const process = new StackProcess({});
        expect(((await process.call(kindName, "check", {}, checked.inputs)) as Checked).failures).toEqual([]);
        expect(await process.call(kindName, "diff", "id", checked.inputs, checked.inputs)).toMatchObject({
          replaces: [],
        });
      }),
      { numRuns: runs, seed },
    );
  });
}
