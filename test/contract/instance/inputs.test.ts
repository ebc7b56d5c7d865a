// Instances: what is wrong is told at once, with its path, before anything is changed; what is not known yet passes.
import { expect, test } from "vitest";

import { describeInstances } from "./site";
import { unknown } from "../harness/stack";

describeInstances("inputs of an instance", (site) => {
  const properties = async (args: Record<string, unknown>): Promise<string[]> =>
    (await site.resource().failures(args)).map((failure) => failure.property).sort();

  test("all that is wrong is told together", async () => {
    const failures = await site.resource().failures({
      name: "not_a_host",
      type: "virtual-machine",
      rootDisk: { pool: "default", size: "10 gigs" },
      cdroms: [{ volume: { pool: "default", name: "a" }, bootPriority: -1, buss: 3 }],
      config: { "limits.memory": ["8GiB"], "volatile.uuid": "x" },
      runing: true,
      waitFor: [{ condition: "powered-off", timeout: "soon" }],
    });
    // A server without ISO volumes says so too.
    const properties = failures.map((failure) => failure.property).filter((property) => property !== "cdroms");
    expect(properties.sort()).toEqual([
      "cdroms[0].bootPriority",
      "cdroms[0].buss",
      ...(site.daemon.has("custom_volume_iso") ? ["cdroms[0].volume.name"] : []),
      'config["limits.memory"]',
      'config["volatile.uuid"]',
      "name",
      "rootDisk.size",
      "runing",
      "waitFor[0].timeout",
    ]);
    expect(failures.find((failure) => failure.property === "runing")?.reason).toContain('did you mean "running"?');
    expect(failures.find((failure) => failure.property === "rootDisk.size")?.reason).toContain('for example "10GiB"');
  });

  test("what contradicts itself is told together", async () => {
    const volume = { pool: "default", name: "a" };
    const failures = await properties({
      type: "virtual-machine",
      rootDisk: { pool: "default" },
      cdroms: [
        { volume, bootPriority: 5, name: "disk" },
        { volume, bootPriority: 5 },
      ],
      devices: { disk: { type: "disk", source: "/tmp", path: "x" }, root: { type: "none" } },
      running: true,
      waitFor: [{ condition: "powered-off" }],
    });
    // Started after its wait, it would boot the installer again.
    expect(failures).toContain("cdroms[0].afterWaits");
    expect(failures).toEqual(expect.arrayContaining(["cdroms[0].name", "cdroms[1].bootPriority", "rootDisk"]));
  });

  test("a container has a source and no cdroms", async () => {
    const failures = await properties({
      rootDisk: { pool: "default" },
      cdroms: [{ volume: { pool: "default", name: "a" } }],
    });
    expect(failures).toEqual(expect.arrayContaining(["cdroms", "source"]));
    expect(await properties({})).toEqual(expect.arrayContaining(["source", "rootDisk"]));
  });

  test("pool, profile and project that are not there are told, with the nearest names", async () => {
    const failures = await site.resource().failures({
      type: "virtual-machine",
      rootDisk: { pool: "defualt" },
      profiles: ["default", "defaul"],
    });
    expect(failures.map((failure) => failure.property).sort()).toEqual(
      expect.arrayContaining(["profiles[1]", "rootDisk.pool"]),
    );
    for (const { reason } of failures.filter((failure) => failure.property !== "type")) {
      expect(reason).toContain('did you mean "default"?');
    }
    const source = { image: "0".repeat(64) };
    expect(await properties({ source, project: "nope", rootDisk: { pool: "default" } })).toEqual(["project"]);
  });

  test("a machine without a root disk anywhere is told so", async () => {
    const [failure] = await site.resource().failures({ source: { image: "0".repeat(64) }, profiles: [] });
    expect(failure).toMatchObject({ property: "rootDisk" });
    expect(failure?.reason).toContain("neither the devices nor the profiles of this instance have a root disk");
  });

  test("a resource whose own name is no host name must be given one", async () => {
    const args = { source: { image: "0".repeat(64) }, rootDisk: { pool: "default" } };
    const [failure] = await site.resource("my_machine").failures(args);
    expect(failure?.property).toBe("name");
    expect(await site.resource("my_machine").failures({ ...args, name: site.name() })).toEqual([]);
  });

  test("unknown values pass wherever they stand", async () => {
    const whole: Record<string, unknown> = {
      name: site.name(),
      type: "container",
      description: "",
      project: "default",
      source: { image: "0".repeat(64) },
      rootDisk: { pool: "default", size: "1GiB" },
      config: { "limits.memory": "64MiB" },
      devices: { net: { type: "nic", nictype: "p2p" } },
      profiles: ["default"],
      running: true,
    };
    const failures = (args: Record<string, unknown>): Promise<unknown> => {
      const machine = site.resource(site.name());
      machine.forgetProcess();
      return machine.failures(args);
    };
    for (const key of Object.keys(whole)) expect(await failures({ ...whole, [key]: unknown }), key).toEqual([]);
    const inside = [
      { source: { image: unknown } },
      { rootDisk: { pool: unknown } },
      { rootDisk: { pool: "default", size: unknown } },
      { config: { "user.x": unknown } },
      { devices: { net: unknown } },
      { devices: { net: { type: "nic", nictype: unknown } } },
      { profiles: [unknown] },
    ];
    for (const part of inside) {
      expect(await failures({ ...whole, ...part }), JSON.stringify(part)).toEqual([]);
    }
  });

  site.testWithIso("unknown media and waits pass too", async () => {
    const vm = { type: "virtual-machine", rootDisk: { pool: "default" } };
    const volume = { pool: "default", name: "a", digest: `sha256:${"0".repeat(64)}` };
    const parts = [
      { cdroms: unknown },
      { cdroms: [unknown] },
      { cdroms: [{ volume: unknown }] },
      { cdroms: [{ volume: { pool: "default", name: unknown, digest: unknown } }] },
      { cdroms: [{ volume, bootPriority: unknown }, { volume }] },
      { waitFor: unknown },
      { waitFor: [unknown] },
      { waitFor: [{ condition: "powered-off", timeout: unknown }] },
    ];
    for (const part of parts) {
      expect(await site.resource().failures({ ...vm, ...part }), JSON.stringify(part)).toEqual([]);
    }
  });

  test("an unknown value is a change, and costs what a change of that input costs", async () => {
    const machine = site.resource();
    const args = { type: "virtual-machine", rootDisk: { pool: "default", size: "64MiB" }, running: false };
    await machine.up(args);
    expect(await machine.preview({ ...args, config: { "user.x": unknown } })).toMatchObject({
      changes: true,
      replaces: [],
    });
    const unsure = await machine.preview({ ...args, rootDisk: { pool: "default", size: unknown } });
    expect(unsure).toMatchObject({ changes: true, replaces: [] });
  });
});
