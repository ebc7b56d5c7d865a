// Starting and stopping: containers that run here, machines that have nothing to boot.
import { beforeAll, expect, it } from "vitest";

import { describeEachDaemon, makeInstance, objectAt, postInstance, setState, unsigned, uploadImage } from "../harness";

/** LXD 5.0 makes machines, but starts none with a newer QEMU. */
const MACHINES = { needs: ["instance_create_start"], timeoutMs: 60_000 };

describeEachDaemon("instance state", (daemon) => {
  let fingerprint = "";
  const container = (suffix: string, more: object = {}) =>
    makeInstance(daemon, suffix, { type: "container", source: { type: "image", fingerprint }, config: {}, ...more });

  beforeAll(async () => {
    fingerprint = await uploadImage(daemon, "image");
  });

  it("shows a stopped instance as using nothing", async () => {
    const path = await makeInstance(daemon, "stopped");
    const state = await objectAt(daemon, `${path}/state`);
    expect(state).toMatchObject({ status: "Stopped", status_code: 102, pid: 0 });
    // Newer ones say how large its disk is.
    if (daemon.isModel) expect(state).toMatchObject({ processes: 0, disk: null, network: null });
  });

  it("starts and stops a container", async () => {
    const path = await container("container");
    const started = await setState(daemon, path, { action: "start" });
    expect(started).toMatchObject({ ok: true, wasAsync: true });
    expect(started.operation).toMatchObject({ description: "Starting instance" });
    const running = await objectAt(daemon, path);
    expect(running).toMatchObject({ status: "Running", status_code: 103 });
    expect(running["config"]).toMatchObject({ "volatile.last_state.power": "RUNNING" });
    expect(running["config"]).not.toHaveProperty("volatile.apply_template");
    const state = await objectAt(daemon, `${path}/state`);
    expect(state).toMatchObject({ status: "Running" });
    if (daemon.isModel) expect(state).toMatchObject({ network: { lo: { type: "loopback" } } });
    expect(await setState(daemon, path, { action: "stop", force: true })).toMatchObject({ ok: true });
    const stopped = await objectAt(daemon, path);
    expect(stopped).toMatchObject({ status: "Stopped" });
    expect(stopped["config"]).toMatchObject({ "volatile.last_state.power": "STOPPED" });
  });

  it("says no to what is so already, and to unknown actions", async () => {
    const path = await container("already");
    const stop = await setState(daemon, path, { action: "stop", force: true });
    expect(stop).toMatchObject({ ok: false, error: "The instance is already stopped" });
    await setState(daemon, path, { action: "start" });
    const start = await setState(daemon, path, { action: "start" });
    expect(start).toMatchObject({ ok: false });
    expect(start.error).toMatch(/^The (instance|container) is already running$/);
    const unknown = await daemon.raw.put(`${path}/state`, { action: "dance" });
    expect(unknown.status).toBe(400);
    const gone = await daemon.raw.put(`/1.0/instances/${daemon.name("nope")}/state`, { action: "start" });
    expect(gone.status).toBe(404);
  });

  it("neither deletes nor renames nor rebuilds what runs", async () => {
    const path = await container("busy");
    await setState(daemon, path, { action: "start" });
    const deleted = await daemon.raw.delete(path);
    expect([deleted.status, deleted.body.error]).toEqual([400, "Instance is running"]);
    const renamed = await daemon.settle(daemon.raw.post(path, { name: daemon.name("idle") }));
    expect(renamed).toMatchObject({ ok: false });
    expect(renamed.error).toMatch(/^Renaming of running (instance|container) not allowed$/);
    if (!daemon.has("instances_rebuild")) return;
    const rebuilt = await daemon.raw.post(`${path}/rebuild`, { source: { type: "none" } });
    expect([rebuilt.status, rebuilt.body.error]).toEqual([400, "Instance must be stopped to be rebuilt"]);
  });

  it("restarts and freezes a container", async () => {
    const path = await container("restart");
    await setState(daemon, path, { action: "start" });
    expect(await setState(daemon, path, { action: "restart", force: true })).toMatchObject({ ok: true });
    expect(await setState(daemon, path, { action: "freeze" })).toMatchObject({ ok: true });
    expect(await objectAt(daemon, path)).toMatchObject({ status: "Frozen", status_code: 110 });
    expect(await setState(daemon, path, { action: "unfreeze" })).toMatchObject({ ok: true });
    expect(await objectAt(daemon, path)).toMatchObject({ status: "Running" });
  });

  it("takes an ephemeral instance away when it stops", async () => {
    const path = await container("ephemeral", { ephemeral: true });
    await setState(daemon, path, { action: "start" });
    await setState(daemon, path, { action: "stop", force: true });
    await expect.poll(async () => (await daemon.raw.get(path)).status, { timeout: 5000 }).toBe(404);
  });

  it("lists instances with their state at recursion 2", async () => {
    await container("listed");
    const filter = encodeURIComponent(`name eq ${daemon.name("listed")}`);
    const { body } = await daemon.raw.get(`/1.0/instances?recursion=2&filter=${filter}`);
    expect(body.metadata).toMatchObject([
      { name: daemon.name("listed"), state: { status: "Stopped" }, snapshots: null },
    ]);
    const urls = await daemon.raw.get(`/1.0/instances?filter=${filter}`);
    expect(urls.body.metadata).toEqual([`/1.0/instances/${daemon.name("listed")}`]);
  });

  daemon.test("a machine with nothing to boot runs, and does not listen to a shutdown", MACHINES, async () => {
    const path = await makeInstance(daemon, "deaf", {
      config: { ...unsigned(daemon), "limits.memory": "256MiB" },
    });
    expect(await setState(daemon, path, { action: "start" })).toMatchObject({ ok: true });
    expect(await objectAt(daemon, `${path}/state`)).toMatchObject({ status: "Running", processes: -1, network: {} });
    const outcome = await setState(daemon, path, { action: "stop", timeout: 1 });
    const error = 'Failed shutting down instance, status is "Running": context deadline exceeded';
    expect(outcome).toMatchObject({ ok: false, error });
    const stateful = await setState(daemon, path, { action: "stop", stateful: true });
    expect(stateful).toMatchObject({
      ok: false,
      error: "Stateful stop requires migration.stateful to be set to true",
    });
    expect(await setState(daemon, path, { action: "stop", force: true })).toMatchObject({ ok: true });
    const { config } = await objectAt(daemon, path);
    expect(config).toMatchObject({ "volatile.last_state.power": "STOPPED", "volatile.last_state.ready": "false" });
    expect(config).toHaveProperty(["volatile.vsock_id"]);
  });

  daemon.test("rebuilds a stopped instance, empty or of an image", { needs: ["instances_rebuild"] }, async () => {
    const path = await container("rebuilt");
    const rebuild = (source: object) => daemon.settle(daemon.raw.post(`${path}/rebuild`, { source }));
    expect(await rebuild({ type: "none" })).toMatchObject({ ok: true, wasAsync: true });
    expect((await objectAt(daemon, path))["config"]).not.toHaveProperty(["volatile.base_image"]);
    expect(await rebuild({ type: "image", fingerprint })).toMatchObject({ ok: true });
    expect((await objectAt(daemon, path))["config"]).toMatchObject({ "volatile.base_image": fingerprint });
    const none = await rebuild({ type: "image", alias: "nope" });
    expect(none).toMatchObject({ ok: false, error: "Image not provided for instance rebuild" });
    expect(await rebuild({ type: "image" })).toMatchObject({ ok: false, code: 500 });
  });

  it("has an empty console before the first start", async () => {
    const path = await makeInstance(daemon, "silent");
    const reply = await daemon.raw.get(`${path}/console`);
    if (daemon.product === "lxd") expect(reply.body.error).toBe("Instance is not container type");
    else expect([reply.status, reply.bytes.length]).toEqual([200, 0]);
  });

  it("keeps in its file what a container has said in earlier starts, and tells each text once while it runs", async () => {
    const init = { "raw.lxc": "lxc.init.cmd = /bin/busybox sh /says" };
    const path = await container("says", { config: daemon.kind.startsWith("embedded") ? {} : init });
    const script = Buffer.from("echo system: up >/dev/console\nexec sleep 1000\n");
    await daemon.raw.post(`${path}/files?path=/says`, script, { "Content-Type": "application/octet-stream" });
    const said = async (): Promise<number> => {
      const { status, bytes } = await daemon.raw.get(`${path}/console`);
      return status === 200 ? bytes.toString().split("system: up").length - 1 : 0;
    };
    for (const times of [1, 2]) {
      await setState(daemon, path, { action: "start" });
      await expect.poll(said, { timeout: 5_000, interval: 100 }).toBe(1);
      expect(await said()).toBe(0);
      await setState(daemon, path, { action: "stop", force: true });
      expect(await said()).toBe(times);
    }
    expect(await daemon.settle(daemon.raw.delete(`${path}/console`))).toMatchObject({ ok: true });
    expect(await said()).toBe(0);
  });

  it("leaves nothing of an instance whose creation failed", async () => {
    const outcome = await daemon.settle(postInstance(daemon, "failed", { devices: {} }));
    expect(outcome).toMatchObject({ ok: false });
    expect((await daemon.raw.get(`/1.0/instances/${daemon.name("failed")}`)).status).toBe(404);
  });
});
