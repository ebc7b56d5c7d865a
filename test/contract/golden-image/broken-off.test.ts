// Golden images whose build was broken off: the state knows what there is, for the next run and for destroy.
import { expect } from "vitest";
import { FlakySocket } from "../harness/flaky-socket";
import { StackResource } from "../harness/stack";
import { type Declared, Stack } from "../harness/stack-run";
import { type RawInstance } from "../instance/site";
import { answerOf, refusal } from "../lifecycle/table";
import { describeGoldenImages, type Golden, type RawImage } from "./site";

describeGoldenImages("golden images whose build failed", (site) => {
  site.testWithSimulation("are built by the next run, also after a refresh", async () => {
    const golden = await site.golden("key");
    const short = golden.args({ install: { timeout: "600ms", stableFor: "100ms" } });
    await expect(golden.resource.up(short)).rejects.toThrow("[timeout]");
    expect(await refresh(golden)).toBe(true);
    await site.pressKey(golden.builderName());
    // LXD keeps nothing of how a machine went off, so it is installed once more.
    const again = golden.resource.up(golden.args());
    if (site.daemon.product === "lxd") await pressUntil(golden, again);
    expect(await again).toBe("updated");
    expect(await golden.versions()).toEqual([golden.version]);
    expect(await golden.machines()).toEqual([]);
    await golden.resource.destroy();
  });

  site.testWithSimulation("under a former URN are built with the same machine", async () => {
    const [golden, stack] = [await site.golden("key"), new Stack(site.daemon.socket, site.name())];
    const program = (timeout: string, more: object = {}): Declared[] => {
      const install = { timeout, stableFor: "100ms" };
      return [{ kindName: "GoldenBuild", name: golden.name, args: golden.args({ install }), ...more }];
    };
    const uuid = async (): Promise<string | undefined> =>
      (await site.find<RawInstance>(`/1.0/instances/${golden.builderName()}`))?.config["volatile.uuid"];
    await expect(stack.up(program("600ms"))).rejects.toThrow("[timeout]");
    const before = await uuid();
    const renamed = program("20s", { parent: "pkg:index:Wrapped", aliases: [stack.urn("GoldenBuild", golden.name)] });
    const run = stack.up(renamed);
    await expect
      .poll(async () => (await site.instance(golden.builderName())).config["user.pulumi.owner"])
      .toMatch(/Wrapped/);
    expect(await uuid()).toBe(before);
    await pressUntil(golden, run);
    const find = (fingerprint: unknown): Promise<RawImage | undefined> =>
      site.find<RawImage>(`/1.0/images/${String(fingerprint)}`);
    expect(await find(stack.outputsOf(golden.name)["fingerprint"])).toMatchObject({
      aliases: [{ name: golden.alias }],
    });
    expect(await golden.machines()).toEqual([]);
    const made = stack.outputsOf(golden.name)["fingerprint"];
    await stack.destroy();
    expect(await find(made)).toBeUndefined();
  });

  async function pressUntil(golden: Golden, run: Promise<unknown>): Promise<void> {
    let isDone = false as boolean;
    const ended = run.finally(() => (isDone = true));
    while (!isDone) await site.pressKey(golden.builderName()).catch(() => undefined);
    await ended;
  }

  /** What the server refuses once, in the build of the first version or of the second. */
  const refused: [string, (golden: Golden) => RegExp, boolean][] = [
    ["the first look at its builder", (golden) => new RegExp(`^GET /1.0/instances/${golden.builderName()}\\?`), false],
    ["the start of its builder", (golden) => new RegExp(`^PUT /1.0/instances/${golden.builderName()}/state`), false],
    ["a replacement's first look", (golden) => new RegExp(`^GET /1.0/instances/${golden.builderName()}\\?`), true],
    ["a replacement's alias", ({ alias }) => new RegExp(`^PUT /1.0/images/aliases/${alias}`), true],
  ];
  for (const [title, lineOf, isReplacement] of refused) {
    site.testWithSimulation(`leave nothing to destroy when the server has refused ${title}`, async () => {
      const golden = await site.golden();
      const flaky = new FlakySocket(site.daemon.socket);
      await flaky.start();
      const resource = new StackResource("GoldenBuild", golden.name, flaky.socket);
      if (isReplacement) await resource.up(golden.args());
      const args = isReplacement ? golden.next({ machine: { memory: "257MiB" } }) : golden.args();
      const line = lineOf(golden);
      const count = flaky.lines.length;
      const isMade = (): boolean => flaky.lines.slice(count).some((each) => each.startsWith("POST /1.0/instances?"));
      let answers = 0;
      const matches = (each: string): boolean => line.test(each) && isMade() && ++answers === 1;
      flaky.answer = { matches, text: answerOf(500, refusal("database is locked", 500)) };
      await expect(resource.up(args)).rejects.toThrow("database is locked");
      await resource.destroy();
      expect(await golden.machines()).toEqual([]);
      expect(await golden.images()).toEqual([]);
      await flaky.stop();
    });
  }

  site.testWithSimulation("leave nothing to destroy when a stranger has the name of the trial", async () => {
    const golden = await site.golden();
    const stranger = `${golden.builderName()}-verify`;
    const devices = { root: { type: "disk", path: "/", pool: "default" } };
    const source = { type: "none" };
    await site.change("POST", "/1.0/instances", { name: stranger, type: "virtual-machine", devices, source });
    const verify = { waitFor: [{ condition: "ipv4" }], timeout: "1s" };
    await expect(golden.resource.up(golden.args({ verify }))).rejects.toThrow(/phase verify: [^]*\[already-exists\]/);
    await golden.resource.destroy();
    expect(await golden.machines()).toEqual([stranger]);
    expect(await golden.images()).toEqual([]);
    await site.change("DELETE", `/1.0/instances/${stranger}`);
  });

  /** Of a resource that is there the engine forgets that its last step failed. */
  async function refresh({ resource }: Golden): Promise<boolean> {
    resource.forgetProcess();
    resource.failed = false;
    return resource.refresh();
  }
});
