// Instances: what a killed run has left is taken over, what is somebody else's never is.
import { beforeAll, expect, test } from "vitest";

import { describeInstances } from "./site";

describeInstances("taking over an instance", (site) => {
  let image = "";
  beforeAll(async () => {
    image = await site.image();
  });
  const args = (): Record<string, unknown> => ({
    source: { image },
    rootDisk: { pool: "default" },
    config: { "user.note": "mine" },
    running: false,
  });
  const body = (name: string, config: Record<string, string>): object => ({
    name,
    type: "container",
    source: { type: "image", fingerprint: image },
    config,
    devices: { root: { type: "disk", path: "/", pool: "default" } },
  });
  /** What `create` has sent when it is killed, here without waiting for its end. */
  const send = (name: string, config: Record<string, string>): Promise<unknown> =>
    site.send("POST", "/1.0/instances", body(name, config));

  test("a run killed after the daemon accepted the create is gone on with", async () => {
    const machine = site.resource();
    await send(machine.name, { "user.pulumi.owner": machine.urn });
    expect(await machine.up({ ...args(), running: true })).toBe("created");
    const made = await site.instance(machine.name);
    expect(made.status).toBe("Running");
    expect(made.config).toMatchObject({ "user.note": "mine", "user.pulumi.owner": machine.urn });
  });

  test("a stranger's instance of the same name is refused in the preview and not touched", async () => {
    const machine = site.resource();
    await site.change("POST", "/1.0/instances", body(machine.name, {}));
    const before = await site.instance(machine.name);
    const [failure] = await machine.failures(args());
    expect(failure).toMatchObject({ property: "name" });
    expect(failure?.reason).toMatch(/an instance .* already exists, which this resource did not create/);
    expect(await site.instance(machine.name)).toEqual(before);
  });

  test("one that appears between preview and up is refused too", async () => {
    const machine = site.resource();
    const { inputs, failures } = await machine.check(args());
    expect(failures).toEqual([]);
    await send(machine.name, { "user.pulumi.owner": "urn:pulumi:other::other::x::y" });
    await expect(machine.create(inputs)).rejects.toThrow(/already.*\[already-exists\]/s);
    expect(machine.id).toBeUndefined();
    expect((await site.instance(machine.name)).config["user.pulumi.owner"]).toBe("urn:pulumi:other::other::x::y");
  });

  test("an orphan made from another image is not taken for the one that is wanted", async () => {
    const machine = site.resource();
    await send(machine.name, { "user.pulumi.owner": machine.urn });
    await expect.poll(() => site.find(`/1.0/instances/${machine.name}`)).toBeDefined();
    const [failure] = await machine.failures({ ...args(), source: { image: "1".repeat(64) } });
    expect(failure?.reason).toContain(`left by an earlier run, made from the image ${image}`);
  });
});
