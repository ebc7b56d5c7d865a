// `pulumi up --target` of an ISO volume alone: machines of the stack that the run does not update keep their medium.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import { describeEachDaemon, tinyIso } from "../harness";
import { type Declared, Stack } from "../harness/stack-run";

describeEachDaemon("An ISO volume that is the only target", (daemon) => {
  const needs = { needs: ["custom_volume_iso"] };
  let dir = "";
  let stack: Stack;
  let count = 0;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "pulumi-lxd-targeted-"));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));
  beforeEach(() => {
    count += 1;
    stack = new Stack(daemon.socket, daemon.name(`targeted${count}`));
  });

  const [cd, vm] = ["cd", "vm"];
  const write = (marker: string): Promise<void> =>
    writeFile(join(dir, "medium.iso"), tinyIso({ marker: `${daemon.prefix}${marker}` }));
  const program = (name?: string): Declared[] => [
    { kindName: "IsoVolume", name: cd, args: { pool: "default", name, source: { file: join(dir, "medium.iso") } } },
    {
      kindName: "Instance",
      name: vm,
      args: (of) => ({
        name: daemon.name(`t${count}`),
        type: "virtual-machine",
        profiles: [],
        rootDisk: { pool: "default", size: "16MiB" },
        running: false,
        cdroms: [{ volume: { pool: "default", name: of(cd)["name"], digest: of(cd)["digest"] } }],
      }),
    },
  ];
  /** The volume in the machine, as the daemon has it. */
  const medium = async (): Promise<string | undefined> => {
    const { body } = await daemon.raw.get(`/1.0/instances/${daemon.name(`t${count}`)}`);
    const { devices } = body.metadata as { devices: Record<string, Record<string, string>> };
    return Object.values(devices).find(({ type, path }) => type === "disk" && path === undefined)?.["source"];
  };
  const exists = async (name: unknown): Promise<boolean> =>
    (await daemon.raw.get(`/1.0/storage-pools/default/volumes/custom/${String(name)}`)).status === 200;

  daemon.test("stays in the machine until the machine is updated too", needs, async () => {
    await write("first");
    await stack.up(program());
    const { name: before } = stack.outputsOf(cd);
    expect(await medium()).toBe(before);

    await write("second");
    const target = { target: [stack.urn("IsoVolume", cd)] };
    const refusal = new RegExp(
      `the volume is in instance default/${daemon.name(`t${count}`)}, which this run does not update \\[in-use\\]` +
        "[^]*`pulumi up` without --target.*--target-dependents",
    );
    await expect(stack.up(program(), target)).rejects.toThrow(refusal);
    expect(await medium()).toBe(before);
    expect(await exists(before)).toBe(true);
    // The same again, which the state has as replaced.
    await expect(stack.up(program(), target)).rejects.toThrow(refusal);
    expect(await medium()).toBe(before);

    // The advice is followed.
    await stack.up(program());
    const { name: after } = stack.outputsOf(cd);
    expect(after).not.toBe(before);
    expect(await medium()).toBe(after);
    expect(await exists(before)).toBe(false);
    await stack.destroy();
  });

  daemon.test("with a fixed name is in the machine again after the run", needs, async () => {
    await write("third");
    const name = daemon.name(`fixed${count}`);
    await stack.up(program(name));
    await write("fourth");
    await stack.up(program(name), { target: [stack.urn("IsoVolume", cd)] });
    expect(await medium()).toBe(name);
    await stack.destroy();
    expect(await exists(name)).toBe(false);
  });
});
