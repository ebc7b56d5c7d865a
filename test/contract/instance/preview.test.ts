// Instances: networks and volumes that are not there are told in the preview, unless the same program makes them.
import { beforeAll, expect, test } from "vitest";

import { postInstance, ROOT } from "../harness/objects";
import { StackResource, unknown } from "../harness/stack";
import { describeInstances } from "./site";

describeInstances("what a machine is connected to", (site) => {
  let image = "";
  beforeAll(async () => {
    image = await site.image();
  });
  const args = (more: object): Record<string, unknown> => ({
    source: { image },
    rootDisk: { pool: "default" },
    running: false,
    ...more,
  });

  test("must be there, and is named where the program names it", async () => {
    const [network, volume] = ["no-such-net", site.name()];
    const failures = await site.resource().failures(
      args({
        nics: [{ nictype: "p2p" }, { network }],
        disks: [
          { volume: `${volume}/folder`, pool: "default", path: "/a" },
          { volume, pool: "no-pool", path: "/b" },
        ],
      }),
    );
    expect(failures.map(({ property }) => property)).toEqual(["nics[1].network", "disks[0].volume", "disks[1].pool"]);
    expect(failures[0]?.reason).toContain(`there is no network "${network}"`);
    // As the daemon itself would say, later.
    const refusals = [
      { eth0: { type: "nic", network } },
      { data: { type: "disk", pool: "default", source: volume, path: "/a" } },
    ].map((devices, i) =>
      postInstance(site.daemon, `x${i}`, { type: "container", config: {}, devices: { root: ROOT, ...devices } }),
    );
    const outcomes = await Promise.all(refusals.map((refusal) => site.daemon.settle(refusal)));
    expect(outcomes.map(({ error }) => error)).toEqual([
      expect.stringMatching(/Network not found/),
      expect.stringMatching(/Storage volume not found/),
    ]);
  });

  test("may be made by the same program, or not be known yet", async () => {
    const network = new StackResource("Network", site.name().slice(0, 15), site.daemon.socket);
    const volume = new StackResource("StorageVolume", site.name(), site.daemon.socket);
    await network.check({ project: "default" });
    await volume.check({ project: "default", pool: "default" });
    const nics = [{ network: network.name }, { network: unknown }];
    const disks = [
      { volume: volume.name, pool: "default", path: "/a" },
      { volume: unknown, pool: "default", path: "/b" },
    ];
    expect(await site.resource().failures(args({ nics, disks }))).toEqual([]);
  });

  test("is looked at when it changes, and not when it does not", async () => {
    const machine = site.resource();
    const connected = args({ nics: [{ nictype: "p2p" }] });
    await machine.up(connected);
    expect(await machine.failures({ ...connected, description: "other" })).toEqual([]);
    const failures = await machine.failures(args({ nics: [{ network: "no-such-net" }] }));
    expect(failures).toMatchObject([{ property: "nics[0].network" }]);
  });

  test("is no network if it is an interface of the host", async ({ skip }) => {
    if (site.isSimulated) skip("the embedded daemon has no host with interfaces");
    const [failure] = await site.resource().failures(args({ nics: [{ network: "lo" }] }));
    expect(failure?.reason).toMatch(/"lo" is an interface of the server's host.*parent: "lo"/);
  });
});
