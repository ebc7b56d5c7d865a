// Profiles: made, changed, replaced, drifted, taken over and deleted as resources.
import { expect, test } from "vitest";

import { describeEachDaemon, makeInstance, objectAt, type TestDaemon } from "../harness";
import { StackResource, unknown } from "../harness/stack";

const root = { type: "disk", path: "/", pool: "default" };

describeEachDaemon("profiles as resources", (daemon: TestDaemon) => {
  let count = 0;
  const resource = (name = daemon.name(`p${++count}`)): StackResource =>
    new StackResource("Profile", name, daemon.socket);
  const path = (name: string): string => `/1.0/profiles/${name}`;
  const onDaemon = (name: string): Promise<Record<string, unknown>> => objectAt(daemon, path(name));
  const put = async (name: string, change: object): Promise<void> => {
    const { config, devices, description } = await onDaemon(name);
    const outcome = await daemon.settle(daemon.raw.put(path(name), { config, devices, description, ...change }));
    if (!outcome.ok) throw new Error(outcome.error);
  };

  /** A secret output that resolves to undefined arrives as null; one that is no secret does not arrive at all. */
  test("takes null for an argument, a field or a key that is absent", async () => {
    const profile = resource();
    const remote = { socket: daemon.socket, project: null, clientKey: null };
    const absent = { description: null, nics: null, remote };
    await profile.up({
      ...absent,
      config: { "limits.memory": "256MiB", "user.a": null },
      cloudInit: { userData: "#cloud-config\n{}\n", vendorData: null },
      rootDisk: { pool: "default", size: null },
    });
    const { description, config, devices } = await onDaemon(profile.name);
    expect({ description, devices }).toEqual({ description: "", devices: { root } });
    expect(Object.keys(config as object).sort()).toEqual([
      "cloud-init.user-data",
      "limits.memory",
      "user.pulumi.owner",
    ]);
    const same = { cloudInit: { userData: "#cloud-config\n{}\n" }, rootDisk: { pool: "default" } };
    expect(await profile.up({ config: { "limits.memory": "256MiB" }, ...same })).toBe("same");
    expect(JSON.stringify([profile.inputs, profile.outputs])).not.toContain("null");
    await profile.destroy();
  });

  test("has the config and the devices of the program, and says so in the preview", async () => {
    const profile = resource();
    const args = {
      description: "for the web",
      config: { "limits.memory": "256MiB", "limits.cpu": 2, "security.nesting": true },
      cloudInit: { userData: "#cloud-config\n{}\n" },
      rootDisk: { pool: "default", size: "1GiB" },
      nics: [{ nictype: "p2p" }],
    };
    await profile.up(args);
    expect(await onDaemon(profile.name)).toMatchObject({
      description: "for the web",
      config: {
        "limits.memory": "256MiB",
        "limits.cpu": "2",
        "security.nesting": "true",
        "cloud-init.user-data": "#cloud-config\n{}\n",
        "user.pulumi.owner": profile.urn,
      },
      devices: { root: { ...root, size: "1GiB" }, eth0: { type: "nic", nictype: "p2p" } },
    });
    expect(await profile.up(args)).toBe("same");
    const respelled = { ...args.config, "limits.memory": "268435456", "security.nesting": "yes" };
    expect(await profile.up({ ...args, config: respelled })).toBe("same");
    await profile.refresh();
    expect(await profile.up(args)).toBe("same");
  });

  test("changes in place, and with it what its instances have", async () => {
    const profile = resource();
    await profile.up({ config: { "user.a": "1", "user.b": "1" }, rootDisk: { pool: "default" } });
    const instance = await makeInstance(daemon, `vm${count}`, { profiles: [profile.name], devices: {} });
    expect(await profile.up({ config: { "user.a": "2" }, rootDisk: { pool: "default" } })).toBe("updated");
    expect(await objectAt(daemon, instance)).toMatchObject({ expanded_config: { "user.a": "2" } });
    expect((await onDaemon(profile.name))["config"]).not.toHaveProperty("user.b");
    await expect(profile.destroy()).rejects.toThrow(
      new RegExp(`the profile is in use by instances/${daemon.name("")}vm.*\\[in-use\\]`),
    );
    expect(await onDaemon(profile.name)).toMatchObject({ name: profile.name });
    await daemon.settle(daemon.raw.delete(instance));
    await profile.destroy();
    expect((await daemon.raw.get(path(profile.name))).status).toBe(404);
  });

  test("another name is a replacement", async () => {
    const profile = resource();
    await profile.up({});
    const name = daemon.name("other");
    expect(await profile.preview({ name })).toMatchObject({ replaces: ["name"], deleteBeforeReplace: false });
    expect(await profile.up({ name })).toBe("replaced");
    expect((await daemon.raw.get(path(profile.name))).status).toBe(404);
    await profile.destroy();
  });

  test("what was changed by hand is shown by refresh and put right by the next up", async () => {
    const profile = resource();
    const args = { config: { "user.a": "1" }, rootDisk: { pool: "default" } };
    await profile.up(args);
    await put(profile.name, { config: { "user.a": "2", "user.foreign": "yes" }, devices: {}, description: "mine" });
    await profile.refresh();
    expect(profile.inputs).toMatchObject({ config: { "user.a": "2", "user.foreign": "yes" }, description: "mine" });
    expect(profile.inputs["rootDisk"]).toBeUndefined();
    expect(await profile.up(args)).toBe("updated");
    expect(await onDaemon(profile.name)).toMatchObject({
      description: "",
      config: { "user.a": "1", "user.pulumi.owner": profile.urn },
      devices: { root },
    });
    await daemon.settle(daemon.raw.delete(path(profile.name)));
    expect(await profile.refresh()).toBe(false);
  });

  test("one that somebody else has made is refused, unless it is imported as it is", async () => {
    const profile = resource();
    await daemon.raw.post("/1.0/profiles", { name: profile.name, config: { "limits.cpu": "1" }, devices: { root } });
    const [failure] = await profile.failures({});
    expect(failure).toMatchObject({ property: "name" });
    expect(failure?.reason).toContain(`Pass { import: "default/${profile.name}" } to adopt it`);

    const __import = `default/${profile.name}`;
    expect(await profile.failures({ __import, config: { "limits.cpu": 2 }, description: "new" })).toEqual([
      { property: "description", reason: 'import: is "new" in the program and "" on the daemon' },
      { property: 'config["limits.cpu"]', reason: 'import: is "2" in the program and "1" on the daemon' },
      {
        property: 'devices["root"]',
        reason: expect.stringMatching(/^import: is absent in the program and \{.*\} on the daemon$/) as string,
      },
    ]);
    const args = { __import, config: { "limits.cpu": 1 }, rootDisk: { pool: "default" } };
    expect(await profile.up(args)).toBe("created");
    expect((await onDaemon(profile.name))["config"]).toEqual({
      "limits.cpu": "1",
      "user.pulumi.owner": profile.urn,
    });
    expect(await profile.up(args)).toBe("same");
    await profile.destroy();
    expect((await daemon.raw.get(path(profile.name))).status).toBe(404);
  });

  test("one that a killed run has made is taken over", async () => {
    const profile = resource();
    const { inputs } = await profile.check({ config: { "user.a": "1" } });
    await profile.create(inputs);
    const again = resource(profile.name);
    expect(await again.failures({ config: { "user.a": "2" } })).toEqual([]);
    expect(await again.up({ config: { "user.a": "2" } })).toBe("created");
    expect((await onDaemon(profile.name))["config"]).toMatchObject({ "user.a": "2" });
    await again.destroy();
    await again.destroy();
  });

  test("the default profile of a project is taken over while it is empty, and left empty", async () => {
    const project = daemon.name("project");
    await daemon.raw.post("/1.0/projects", { name: project });
    const profile = resource("default");
    const own = `/1.0/profiles/default?project=${project}`;
    expect(await profile.up({ project, rootDisk: { pool: "default" } })).toBe("created");
    expect(await objectAt(daemon, own)).toMatchObject({ devices: { root } });
    const stranger = new StackResource("Profile", "stranger", daemon.socket);
    expect((await stranger.failures({ project, name: "default" }))[0]).toMatchObject({ property: "name" });
    await profile.destroy();
    expect(await objectAt(daemon, own)).toMatchObject({ config: {}, devices: {} });
  });

  test("all that is wrong is said at once, and what is not known yet passes", async () => {
    const failures = await resource().failures({
      nmae: "x",
      config: { "user.pulumi.owner": "me", "cloud-init.user-data": "x" },
      cloudInit: { userData: "y" },
      rootDisk: { pool: "defualt" },
      devices: { root },
    });
    expect(failures.map(({ property }) => property).sort()).toEqual([
      'config["cloud-init.user-data"]',
      'config["user.pulumi.owner"]',
      "nmae",
      "rootDisk",
      "rootDisk.pool",
    ]);
    expect(await resource().failures({ name: "a b" })).toMatchObject([{ property: "name" }]);
    expect(await resource().failures({ project: "nope" })).toMatchObject([{ property: "project" }]);
    const args = { config: { "user.a": unknown }, nics: [unknown], rootDisk: { pool: unknown }, devices: unknown };
    expect(await resource().failures(args)).toEqual([]);
    expect(await resource().failures({ name: unknown, project: unknown, config: unknown, disks: unknown })).toEqual([]);
  });

  test("of others is read as it is", async () => {
    const profile = resource();
    await daemon.raw.post("/1.0/profiles", { name: profile.name, config: { "limits.cpu": "1" } });
    profile.id = `default/${profile.name}`;
    profile.outputs = { __urn: profile.urn, remote: { socket: daemon.socket } };
    expect(await profile.refresh()).toBe(true);
    expect(profile.outputs).toMatchObject({ name: profile.name, project: "default", config: { "limits.cpu": "1" } });
  });
});
