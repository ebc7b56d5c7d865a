// Changing instances: PUT replaces in an operation, PATCH merges at once, the ETag guards both.
import { expect, it } from "vitest";

import {
  changeInstance,
  describeEachDaemon,
  makeInstance,
  objectAt,
  postInstance,
  ROOT,
  setState,
  unsigned,
} from "../harness";

describeEachDaemon("instance update", (daemon) => {
  const configOf = async (path: string) => (await objectAt(daemon, path))["config"] as Record<string, string>;

  it("replaces all by PUT, and clears what is left out", async () => {
    const path = await makeInstance(daemon, "put", { description: "old", config: { "user.a": "1" } });
    const config = await configOf(path);
    const { "user.a": _gone, ...kept } = config;
    const outcome = await changeInstance(daemon, path, {
      config: { ...kept, "limits.memory": "300MiB" },
      description: undefined,
    });
    expect(outcome).toMatchObject({ ok: true, wasAsync: true });
    expect(outcome.operation).toMatchObject({ description: "Updating instance" });
    expect(await configOf(path)).toEqual({ ...kept, "limits.memory": "300MiB" });
    expect(await objectAt(daemon, path)).toMatchObject({ description: "" });
  });

  daemon.test("breaks a machine when a PUT drops the daemon's own keys", STARTS, async () => {
    const own = { ...unsigned(daemon), "limits.memory": "256MiB" };
    const path = await makeInstance(daemon, "broken", { config: own });
    expect(await changeInstance(daemon, path, { config: own })).toMatchObject({ ok: true });
    expect(await configOf(path)).toEqual(own);
    const outcome = await setState(daemon, path, { action: "start" });
    expect(outcome).toMatchObject({ ok: false });
    expect(outcome.error).toContain("Failed to parse instance UUID from volatile.uuid");
  });

  it("merges by PATCH at once, and clears the description when it is left out, or not", async () => {
    const path = await makeInstance(daemon, "patch", { description: "old", config: { "user.a": "1", "user.b": "2" } });
    const outcome = await daemon.settle(daemon.raw.patch(path, { config: { "user.a": "", "user.c": "3" } }));
    expect(outcome).toMatchObject({ ok: true, wasAsync: false });
    const config = await configOf(path);
    expect(config).toMatchObject({ "user.b": "2", "user.c": "3" });
    expect(config).not.toHaveProperty("user.a");
    // Incus keeps it from 6.0.6 and 6.17 on.
    const { description } = await objectAt(daemon, path);
    expect(daemon.isModel || daemon.product === "lxd" ? [""] : ["", "old"]).toContain(description);
    const devices = { root: { ...ROOT, size: "32MiB" } };
    await daemon.raw.patch(path, { description: "new", devices });
    expect(await objectAt(daemon, path)).toMatchObject({ description: "new", devices });
  });

  it("has an ETag that changes with the config, but not with the description", async () => {
    const path = await makeInstance(daemon, "etag");
    const first = (await daemon.raw.get(path)).headers.etag;
    await daemon.raw.patch(path, { description: "other" });
    expect((await daemon.raw.get(path)).headers.etag).toBe(first);
    await daemon.raw.patch(path, { config: { "user.a": "1" } });
    expect((await daemon.raw.get(path)).headers.etag).not.toBe(first);
    for (const method of ["PUT", "PATCH"]) {
      const headers = { "If-Match": first ?? "" };
      const stale = await daemon.raw.send({ method, path, body: { devices: { root: ROOT } }, headers });
      expect(stale.status).toBe(412);
      expect(stale.body.error).toMatch(/^ETag doesn't match: [0-9a-f]{64} vs [0-9a-f]{64}$/);
    }
  });

  it.each([
    ["an unknown key", { "foo.bar": "1" }, "Invalid expanded config: Unknown configuration key: foo.bar"],
    ["bad memory", { "limits.memory": "12 apples" }, "Invalid config: Invalid value: 12 apples"],
    ["a bad boolean", { "migration.stateful": "maybe" }, 'Invalid config: Invalid value for a boolean "maybe"'],
  ])("refuses %s", async (what, config, error) => {
    const path = await makeInstance(daemon, what.replaceAll(" ", ""));
    const before = await configOf(path);
    const put = await changeInstance(daemon, path, { config: { ...before, ...config } });
    expect(put).toMatchObject({ ok: false, wasAsync: true });
    const patch = await daemon.settle(daemon.raw.patch(path, { config }));
    expect(patch).toMatchObject({ ok: false, wasAsync: false });
    if (daemon.isModel) expect([put.error, patch.error]).toEqual([error, error]);
    expect(await configOf(path)).toEqual(before);
  });

  it.each([
    ["no root", {}, "Invalid root disk device: No root device could be found"],
    ["another pool", { root: { ...ROOT, pool: "nope" } }, 'Cannot update root disk device pool name to "nope"'],
    [
      "a smaller root",
      { root: { ...ROOT, size: "8MiB" } },
      'Failed to update device "root": Block volumes cannot be shrunk: Cannot be shrunk',
    ],
    [
      "a bad option",
      { root: ROOT, d: { type: "disk", pool: "default", source: "x", foo: "1" } },
      'Invalid devices: Device validation failed for "d": Invalid device option "foo"',
    ],
  ])("refuses %s", async (what, devices, error) => {
    const path = await makeInstance(daemon, what.replaceAll(" ", ""));
    const outcome = await changeInstance(daemon, path, { devices });
    if (daemon.kind === "lxd" && what === "no root") {
      // LXD 5.0 lets a stopped machine go without a root.
      expect(outcome).toMatchObject({ ok: true });
      return;
    }
    expect(outcome).toMatchObject({ ok: false, wasAsync: true });
    if (daemon.isModel) expect(outcome.error).toBe(error);
    expect(await objectAt(daemon, path)).toMatchObject({ devices: { root: ROOT } });
  });

  it("grows a root", async () => {
    const path = await makeInstance(daemon, "grow");
    const devices = { root: { ...ROOT, size: "32MiB" } };
    expect(await changeInstance(daemon, path, { devices })).toMatchObject({ ok: true });
    expect(await objectAt(daemon, path)).toMatchObject({ devices });
  });

  it("refuses profiles that do not exist", async () => {
    const path = await makeInstance(daemon, "profiles");
    for (const method of ["PUT", "PATCH"]) {
      const reply = await daemon.raw.send({ method, path, body: { profiles: ["nope"], devices: { root: ROOT } } });
      const outcome = await daemon.settle(reply);
      expect(outcome).toMatchObject({ ok: false });
      if (daemon.isModel) expect([outcome.code, outcome.error]).toEqual([404, "Profile not found"]);
    }
  });

  it("is renamed when it is stopped, to a good and free name", async () => {
    const path = await makeInstance(daemon, "old");
    await makeInstance(daemon, "taken");
    const rename = (name: string) => daemon.settle(daemon.raw.post(path, { name }));
    expect(await rename(daemon.name("taken"))).toMatchObject({ ok: false, code: 409 });
    expect(await rename("a_b")).toMatchObject({ ok: false, code: 400 });
    expect(await rename(daemon.name("new"))).toMatchObject({ ok: true, wasAsync: true });
    expect((await daemon.raw.get(path)).status).toBe(404);
    expect((await daemon.raw.get(`/1.0/instances/${daemon.name("new")}`)).status).toBe(200);
  });

  it("is deleted when it is stopped and not protected", async () => {
    const path = await makeInstance(daemon, "gone", { config: { "security.protection.delete": "true" } });
    const refused = await daemon.settle(daemon.raw.delete(path));
    expect(refused).toMatchObject({ ok: false });
    expect(refused.error).toMatch(/protect/);
    await daemon.raw.patch(path, { config: { "security.protection.delete": "false" } });
    expect(await daemon.settle(daemon.raw.delete(path))).toMatchObject({ ok: true, wasAsync: true });
    for (const [method, url] of [
      ["GET", path],
      ["PUT", path],
      ["DELETE", path],
      ["GET", `${path}/state`],
    ] as const) {
      const reply = await daemon.raw.send({ method, path: url, body: method === "PUT" ? {} : undefined });
      expect(reply.status).toBe(404);
      expect(reply.body.error).toContain("Instance not found");
    }
  });

  daemon.test("is started by its creation, and takes live only what a running machine can", STARTS, async () => {
    const config = { ...unsigned(daemon), "limits.memory": "256MiB" };
    const path = await makeInstance(daemon, "live", { config, start: true });
    expect(await objectAt(daemon, path)).toMatchObject({ status: "Running", status_code: 103 });
    const patch = (change: object) => daemon.settle(daemon.raw.patch(path, { config: change }));
    expect(await patch({ "user.a": "1" })).toMatchObject({ ok: true });
    const stateful = await patch({ "migration.stateful": "true" });
    expect(stateful.error).toBe('Key "migration.stateful" cannot be updated when VM is running');
    const memory = await patch({ "limits.memory": "512MiB" });
    if (daemon.has("memory_hotplug")) expect(memory).toMatchObject({ ok: true });
    else expect(memory.error).toContain("Cannot increase memory size beyond boot time size when VM is running");
    await setState(daemon, path, { action: "stop", force: true });
  });

  it("cannot be made of a name that is taken", async () => {
    await makeInstance(daemon, "unique");
    const outcome = await daemon.settle(postInstance(daemon, "unique"));
    expect(outcome).toMatchObject({ ok: false });
    expect(outcome.error).toMatch(/instances.name|already exists/);
  });
});

/** LXD 5.0 makes machines on this kind of host, but cannot start them. */
const STARTS = { needs: ["instance_create_start"] };
