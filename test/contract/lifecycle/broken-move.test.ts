// A move to another pool that a killed daemon broke off: nothing is left of it, whether it is tried again or all is destroyed.
import { expect, it } from "vitest";
import { clientOf, useEmbedded } from "../harness/embedded";
import { settle } from "../harness/operation";
import { at, type RawClient } from "../harness/raw";
import { FlakySocket } from "../harness/flaky-socket";
import { type Declared, Stack } from "../harness/stack-run";
import { blank } from "../instance/site";

const embedded = useEmbedded();

const kinds: Record<string, (pool: string) => Declared> = {
  "storage volume": (pool) => ({ kindName: "StorageVolume", name: "data", args: { name: "data", pool } }),
  instance: (pool) => ({
    kindName: "Instance",
    name: "vm",
    args: { ...blank, name: "vm", profiles: [], rootDisk: { pool } },
  }),
};

/** Everything in both pools, and all machines. */
async function everything(raw: RawClient): Promise<unknown[]> {
  const paths = ["default", "other"].map((pool) => `/1.0/storage-pools/${pool}/volumes/custom`);
  const lists = await Promise.all(
    [...paths, "/1.0/instances"].map(async (path) => at((await raw.get(path)).body, "metadata")),
  );
  return lists.flat();
}

/** A stack with the resource in one pool, whose daemon was killed when it moved it to the other. */
async function broken(kind: (pool: string) => Declared): Promise<{ stack: Stack; raw: RawClient; flaky: FlakySocket }> {
  const daemon = await embedded.start({ copyMs: 300 });
  const flaky = new FlakySocket(daemon.socket);
  await flaky.start();
  const pool = { name: "other", driver: "dir", config: {} };
  await settle(clientOf(daemon), await clientOf(daemon).post("/1.0/storage-pools", pool));
  const stack = new Stack(flaky.socket);
  await stack.up([kind("default")]);
  const killed = flaky.cutAt(/^POST \S+\/(data|vm)\?/).then(async () => {
    await expect.poll(() => everything(clientOf(daemon)), { interval: 5 }).toHaveLength(2);
    await daemon.kill();
  });
  const moved = stack.up([kind("other")]);
  moved.catch(() => undefined);
  await killed;
  flaky.daemon = (await embedded.start()).socket;
  await expect(moved).rejects.toThrow();
  return { stack, raw: clientOf(daemon), flaky };
}

for (const [title, kind] of Object.entries(kinds)) {
  it(`${title}: the next up moves it, and destroy leaves nothing`, async () => {
    const { stack, raw, flaky } = await broken(kind);
    await stack.up([kind("other")]);
    expect(await everything(raw)).toHaveLength(1);
    await stack.destroy();
    expect(await everything(raw)).toEqual([]);
    await flaky.stop();
  });

  it(`${title}: destroy at once leaves nothing`, async () => {
    const { stack, raw, flaky } = await broken(kind);
    expect(await everything(raw)).toHaveLength(2);
    await stack.destroy();
    expect(await everything(raw)).toEqual([]);
    await flaky.stop();
  });
}
