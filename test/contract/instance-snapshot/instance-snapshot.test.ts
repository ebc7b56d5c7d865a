// Snapshots of instances: taken, renamed, restored, imported, deleted.
import { beforeAll, describe, expect, test } from "vitest";

import { StackResource, unknown } from "../harness/stack";
import { describeInstances } from "../instance/site";

interface RawSnapshot {
  name: string;
  expires_at: string;
  created_at: string;
  stateful: boolean;
}

describeInstances("InstanceSnapshot", (site) => {
  let instance = "";
  let image = "";
  beforeAll(async () => {
    const machine = site.resource();
    image = await site.image();
    const files = [{ path: "/etc/motd", content: { text: "before" } }];
    await machine.up({ source: { image }, rootDisk: { pool: "default" }, running: false, files });
    instance = machine.name;
  });
  const resource = (name = site.name()): StackResource =>
    new StackResource("InstanceSnapshot", name, site.daemon.socket);
  const find = (name: string, of = instance): Promise<RawSnapshot | undefined> =>
    site.find<RawSnapshot>(`/1.0/instances/${of}/snapshots/${name}`);
  const motd = async (): Promise<string> =>
    (await site.daemon.raw.get(`/1.0/instances/${instance}/files?path=/etc/motd`)).bytes.toString();
  const write = (text: string): Promise<unknown> =>
    site.send("POST", `/1.0/instances/${instance}/files?path=/etc/motd`, Buffer.from(text));

  test("is taken, given another expiry and another name in place, and deleted", async () => {
    const snapshot = resource();
    expect(await snapshot.up({ instance })).toBe("created");
    const taken = await find(snapshot.name);
    expect(taken).toMatchObject({ expires_at: "0001-01-01T00:00:00Z", stateful: false });
    expect((await site.instance(instance)).config["user.pulumi.snapshot"]).toBeUndefined();
    expect(await snapshot.up({ instance })).toBe("same");

    expect(await snapshot.up({ instance, expiresAt: "2040-01-02T03:04:05+02:00" })).toBe("updated");
    expect(Date.parse((await find(snapshot.name))?.expires_at ?? "")).toBe(Date.parse("2040-01-02T01:04:05Z"));
    expect(await snapshot.up({ instance, expiresAt: "2040-01-02T01:04:05Z" })).toBe("same");
    const name = site.name();
    expect(await snapshot.up({ instance, name })).toBe("updated");
    expect(await find(snapshot.name)).toBeUndefined();
    expect(await find(name)).toMatchObject({ created_at: taken?.created_at, expires_at: "0001-01-01T00:00:00Z" });
    await snapshot.destroy();
    expect(await find(name)).toBeUndefined();
  });

  test("is restored when its trigger changes, and not before", async () => {
    const snapshot = resource();
    await write("before");
    await snapshot.up({ instance, restore: 1 });
    await write("after");
    expect(await snapshot.up({ instance, restore: 1 })).toBe("same");
    expect(await motd()).toBe("after");
    expect(await snapshot.up({ instance, restore: 2 })).toBe("updated");
    expect(await motd()).toBe("before");
    expect((await site.instance(instance)).config["user.pulumi.snapshot"]).toBeUndefined();
    await write("after");
    expect(await snapshot.up({ instance })).toBe("updated");
    expect(await motd()).toBe("after");
    await snapshot.destroy();
  });

  test("of a killed run is taken again, a stranger's never", async () => {
    const killed = resource();
    await killed.up({ instance });
    const before = await find(killed.name);
    const next = resource(killed.name);
    expect(await next.up({ instance })).toBe("created");
    expect((await find(killed.name))?.created_at).not.toBe(before?.created_at);

    await site.change("POST", `/1.0/instances/${instance}/snapshots`, { name: site.daemon.name("theirs") });
    const failures = await resource().failures({ instance, name: site.daemon.name("theirs") });
    expect(failures.map(({ property, reason }) => `${property}: ${reason}`).join()).toMatch(
      /name: the instance "[^]*did not create \[already-exists\][^]*import/,
    );
    await next.destroy();
  });

  test("that somebody has made anew under its name is not deleted", async () => {
    const snapshot = resource();
    await snapshot.up({ instance });
    const path = `/1.0/instances/${instance}/snapshots`;
    await site.change("DELETE", `${path}/${snapshot.name}`);
    await site.change("POST", path, { name: snapshot.name });
    await snapshot.destroy();
    expect(await find(snapshot.name)).toBeDefined();
  });

  test("is gone when it was deleted by hand, and taken again", async () => {
    const snapshot = resource();
    await snapshot.up({ instance });
    await site.change("DELETE", `/1.0/instances/${instance}/snapshots/${snapshot.name}`);
    expect(await snapshot.refresh()).toBe(false);
    expect(await snapshot.up({ instance })).toBe("created");
    expect(await find(snapshot.name)).toBeDefined();
    await snapshot.destroy();
  });

  test("is imported by its ID, and differences are told", async () => {
    const name = site.daemon.name("old");
    const expiry = "2041-01-01T00:00:00Z";
    await site.change("POST", `/1.0/instances/${instance}/snapshots`, { name, expires_at: expiry });
    const importId = `default/${instance}/${name}`;
    const failures = await resource().failures({ instance, name, __import: importId });
    expect(failures.map(({ property }) => property)).toEqual(["expiresAt"]);
    const snapshot = resource();
    expect(await snapshot.up({ instance, name, expiresAt: expiry, __import: importId })).toBe("created");
    expect(snapshot.id).toBe(importId);
    expect(await snapshot.up({ instance, name, expiresAt: expiry })).toBe("same");
    await snapshot.destroy();
    expect(await find(name)).toBeUndefined();
  });

  test("follows its machine's rename", async () => {
    const machine = site.resource();
    const args = { source: { image }, rootDisk: { pool: "default" }, running: false };
    await machine.up(args);
    const created = String(machine.outputs["__identity"]);
    const snapshot = resource();
    await snapshot.up({ instance: machine.name, __instance: created });
    const renamed = site.name();
    await machine.up({ ...args, name: renamed });
    expect(await snapshot.up({ instance: renamed, __instance: machine.outputs["__identity"] })).toBe("updated");
    expect(await find(snapshot.name, renamed)).toBeDefined();
    await snapshot.destroy();
    expect(await find(snapshot.name, renamed)).toBeUndefined();
    await machine.destroy();
  });

  describe("as it is written in the program", () => {
    test("is checked, with values that are not known yet", async () => {
      expect(await resource().failures({ instance: unknown, __instance: unknown, expiresAt: unknown })).toEqual([]);
      const failures = await resource().failures({ instance, name: "a b", expiresAt: "tomorrow" });
      expect(failures.map((failure) => failure.property).sort()).toEqual(["expiresAt", "name"]);
      const past = await resource().failures({ instance, expiresAt: "2001-01-01T00:00:00Z" });
      expect(past.map((failure) => failure.property)).toEqual(["expiresAt"]);
    });
  });
});
