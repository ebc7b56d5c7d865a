// Golden images beside those who use them: an alias is never missing nor wrong, and builders are bounded in number.
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { CUSTOM, isoHeaders, useEmbedded } from "../harness/embedded";
import { unsigned } from "../harness/objects";
import { RawClient } from "../harness/raw";
import { settle } from "../harness/operation";
import { StackResource } from "../harness/stack";
import { tinyIso } from "../harness/tiny-iso";
import { describeGoldenImages, randomVersion } from "./site";

describeGoldenImages("releases of golden images", (site) => {
  site.testWithGuest("have an alias that names the old version or the new one at every moment", async () => {
    const golden = await site.golden();
    await golden.resource.up(golden.args());
    const old = await golden.target();
    let isDone = false as boolean;
    const rebuild = golden.resource.up(golden.next({ machine: { memory: "260MiB" } })).finally(() => (isDone = true));
    const bases: (string | undefined)[] = [];
    const devices = { root: { type: "disk", path: "/", pool: "default", size: "64MiB" } };
    const source = { type: "image", alias: golden.alias };
    const config = unsigned(site.daemon);
    for (let i = 0; !isDone; i++) {
      const name = `${golden.name}u${i}`;
      const machine = { name, type: "virtual-machine", profiles: [], devices, source, config };
      await site.change("POST", "/1.0/instances", machine);
      bases.push((await site.instance(name)).config["volatile.base_image"]);
      await site.change("DELETE", `/1.0/instances/${name}`);
      await sleep(site.isSimulated ? 5 : 500);
    }
    expect(await rebuild).toBe("replaced");
    const now = await golden.target();
    const kinds = bases.map((base) => (base === old ? "old" : base === now ? "new" : `neither: ${String(base)}`));
    // First the old one for some time, then the new one, and never back.
    expect(kinds.join(" ")).toMatch(/^old( old)*( new)*$/);
    expect(now).not.toBe(old);
    await golden.resource.destroy();
    expect(await golden.images()).toEqual([]);
  });

  site.testWithSimulation("wait for their turn when as many as may be are built", async () => {
    const goldens = await Promise.all([1, 2, 3, 4].map(() => site.golden()));
    let most = 0;
    for (const { resource } of goldens) resource.config = { "lxd:parallelBuilds": "2" };
    const ups = Promise.all(goldens.map((golden) => golden.resource.up(golden.args())));
    let isDone = false as boolean;
    void ups.finally(() => (isDone = true));
    while (!isDone) {
      const machines = await Promise.all(goldens.map((golden) => golden.machines()));
      most = Math.max(most, machines.flat().length);
      await sleep(5);
    }
    expect(await ups).toEqual(["created", "created", "created", "created"]);
    expect(most).toBe(2);
    const golden = await site.golden();
    golden.resource.config = { "lxd:parallelBuilds": "none" };
    await expect(golden.resource.up(golden.args())).rejects.toThrow(/lxd:parallelBuilds must be an integer[^]*"none"/);
  });
});

describe("golden images on an embedded daemon of their own", () => {
  const embedded = useEmbedded();

  it("converge when the daemon is restarted while the builder installs itself", async () => {
    const daemon = await embedded.start({ guestBootMs: 1000 });
    const raw = new RawClient(() => daemon.socket);
    await settle(raw, await raw.post(CUSTOM, tinyIso({ bootable: true }), isoHeaders("iso")));
    const resource = new StackResource("GoldenBuild", "restarted", daemon.socket);
    const machine = { rootDisk: { pool: "default" }, firmware: "uefi", profiles: [] };
    const install = { timeout: "20s", stableFor: "300ms" };
    const args = { version: randomVersion(), iso: { pool: "default", name: "iso" }, machine, install };
    const first = resource.up({ ...args, image: { aliases: ["restarted"] } }).then(
      () => "done",
      () => "failed",
    );
    const path = `/1.0/instances/restarted-${args.version}`;
    const isRunning = async (): Promise<boolean> =>
      JSON.stringify((await raw.get(path)).body).includes('"status":"Running"');
    while (!(await isRunning())) await sleep(20);
    await embedded.stop();
    await embedded.start({ guestBootMs: 300 });
    // A client that outlives the restart is as good as one that fails and is run again.
    if ((await first) === "failed") await resource.up({ ...args, image: { aliases: ["restarted"] } });
    expect((await raw.get("/1.0/images")).body.metadata).toHaveLength(1);
    expect((await raw.get("/1.0/instances")).body.metadata).toEqual([]);
    const { body } = await raw.get("/1.0/images/aliases/restarted");
    expect(body.metadata).toMatchObject({ target: resource.outputs["fingerprint"] });
  }, 60_000);
});
