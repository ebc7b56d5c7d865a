// Instances that exist already: imported after a comparison with the program, and read by their ID.
import { beforeAll, expect, test } from "vitest";
import { type StackResource } from "../harness/stack";

import { describeInstances } from "./site";

describeInstances("existing instance", (site) => {
  let image = "";
  beforeAll(async () => {
    image = await site.image();
  });
  /** Made by somebody else. */
  const existing = async (): Promise<StackResource> => {
    const machine = site.resource();
    await site.change("POST", "/1.0/instances", {
      name: machine.name,
      type: "container",
      source: { type: "image", fingerprint: image },
      config: { "limits.memory": "64MiB", "user.token": "sesame" },
      devices: { root: { type: "disk", path: "/", pool: "default" } },
    });
    return machine;
  };
  const args = (name: string, more: object = {}): Record<string, unknown> => ({
    rootDisk: { pool: "default" },
    config: { "limits.memory": "64MiB", "user.token": "sesame" },
    running: false,
    __import: `default/${name}`,
    ...more,
  });

  test("is taken over as it is, and not replaced afterwards", async () => {
    const machine = await existing();
    const before = await site.instance(machine.name);
    expect(await machine.up(args(machine.name))).toBe("created");
    expect(await machine.up(args(machine.name))).toBe("same");
    expect(await machine.refresh()).toBe(true);
    expect(await machine.up(args(machine.name, { __import: undefined }))).toBe("same");
    // All that an import writes is whose the machine is now.
    const owned = { config: { "user.pulumi.owner": machine.urn } };
    expect(await site.instance(machine.name)).toMatchObject({ ...before, ...owned, expanded_config: owned.config });
    expect((await site.instance(machine.name)).config).toEqual({ ...before.config, ...owned.config });
    // Saying what it was made from is no reason to make it anew, another image is.
    expect(await machine.preview(args(machine.name, { source: { image } }))).toMatchObject({ replaces: [] });
    const other = { source: { image: "1".repeat(64) } };
    expect(await machine.preview(args(machine.name, other))).toMatchObject({ replaces: ["source"] });
    await machine.up(args(machine.name, { description: "ours now" }));
    expect(await site.instance(machine.name)).toMatchObject({
      description: "ours now",
      config: { "volatile.uuid": before.config["volatile.uuid"], "user.pulumi.owner": machine.urn },
    });
  });

  test("that is another than the program says is refused with every difference, and not touched", async () => {
    const machine = await existing();
    const before = await site.instance(machine.name);
    const failures = await machine.failures(
      args(machine.name, {
        config: { "limits.memory": "32MiB", "user.token": "open", "limits.cpu": 1 },
        description: "x",
        running: true,
        source: { image: "1".repeat(64) },
      }),
    );
    expect(failures.map((failure) => failure.property).sort()).toEqual(
      ["config.limits.cpu", "config.limits.memory", "config.user.token", "description", "running", "source.image"]
        .map((path) => path.replace(/^config\.(.*)$/, 'config["$1"]'))
        .sort(),
    );
    const reasons = failures.map((failure) => failure.reason).join("\n");
    expect(reasons).toContain('is "32MiB" in the program and "64MiB" on the daemon');
    expect(reasons).not.toContain("sesame");
    expect(await site.instance(machine.name)).toEqual(before);
  });

  test("is told in the words of the program: its units, its yes and no", async () => {
    const machine = site.resource();
    await site.change("POST", "/1.0/instances", {
      ...{ name: machine.name, type: "container", source: { type: "image", fingerprint: image } },
      config: { "limits.memory": "4294967296", "security.nesting": "false", "boot.autostart": "1" },
      devices: { root: { type: "disk", path: "/", pool: "default", size: "2048MiB" } },
    });
    const failures = await machine.failures(
      args(machine.name, {
        rootDisk: { pool: "default", size: "8GiB" },
        config: { "limits.memory": "8GiB", "security.nesting": "yes", "boot.autostart": false },
      }),
    );
    const told = failures.map(({ property, reason }) => `${property} ${reason}`).sort();
    expect(told).toEqual([
      'config["boot.autostart"] import: is "false" in the program and "true" on the daemon',
      'config["limits.memory"] import: is "8GiB" in the program and "4GiB" on the daemon',
      'config["security.nesting"] import: is "yes" in the program and "no" on the daemon',
      'rootDisk.size import: is "8GiB" in the program and "2GiB" on the daemon',
    ]);
  });

  test("under another name, or none at all, is told", async () => {
    const machine = await existing();
    const properties = async (importId: string): Promise<string[]> =>
      (await machine.failures(args(machine.name, { __import: importId }))).map((failure) => failure.property);
    expect(await properties("default/another")).toEqual(["name"]);
    expect(await properties("another")).toEqual([""]);
    const gone = site.resource();
    const [failure] = await gone.failures(args(gone.name));
    expect(failure?.reason).toContain(`there is no instance default/${gone.name}`);
  });

  test("is read by its ID alone", async () => {
    const machine = await existing();
    machine.id = `default/${machine.name}`;
    machine.outputs = { remote: { socket: site.daemon.socket } };
    expect(await machine.refresh()).toBe(true);
    expect(machine.outputs).toMatchObject({
      name: machine.name,
      project: "default",
      type: "container",
      status: "Stopped",
      baseImage: image,
      devices: { root: { pool: "default" } },
    });
  });
});
