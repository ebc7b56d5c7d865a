// Waits for guests, on their consoles and for their commands, cancelled in the middle: what is there stays for the next run.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect } from "vitest";
import { pressEnterUntil } from "../harness/console";
import { FlakySocket } from "../harness/flaky-socket";
import { StackResource } from "../harness/stack";
import { describeInstances } from "../instance/site";
import { cancelled, watching } from "./cancelled";

describeInstances("a wait that is cancelled", (site) => {
  let watched: FlakySocket;
  let medium = "";
  beforeAll(async () => {
    watched = new FlakySocket(site.daemon.socket);
    await watched.start();
    if (site.daemon.has("custom_volume_iso")) medium = await site.iso("key");
  });
  afterAll(() => watched.stop());

  const machine = (): StackResource => new StackResource("Instance", site.name(), watched.socket);
  const args = (more: object): Record<string, unknown> => ({
    type: "virtual-machine",
    rootDisk: { pool: "default", size: "16MiB" },
    config: { "limits.memory": "256MiB" },
    firmware: "uefi",
    cdroms: [{ volume: { pool: "default", name: medium }, bootPriority: 10 }],
    waitFor: [{ condition: "powered-off", timeout: "10m", stableFor: "500ms" }],
    ...more,
  });
  const uuid = async ({ name }: StackResource): Promise<string | undefined> =>
    (await site.instance(name)).config["volatile.uuid"];
  async function running({ name }: StackResource): Promise<void> {
    const find = () => site.find<{ status: string }>(`/1.0/instances/${name}`);
    while ((await find())?.status !== "Running") await sleep(20);
    await sleep(300);
  }

  site.testWithGuest("leaves the machine as it is, and the next run waits for it to its end", async () => {
    const resource = machine();
    const up = args({});
    const said = await cancelled(resource, { args: up, watched, reached: running(resource) });
    expect(said).toContain(`instance default/${resource.name}`);
    const before = await uuid(resource);
    expect(await site.instance(resource.name)).toMatchObject({ status: "Running" });
    const resumed = resource.up(up);
    await watching(watched, resource.name);
    const at = { project: "default", name: resource.name };
    expect(await pressEnterUntil(resumed, site.daemon.socket, at)).toBe("updated");
    expect(await uuid(resource)).toBe(before);
    expect((await site.instance(resource.name)).status).toBe("Stopped");
    await resource.destroy();
  });

  site.testWithGuest("leaves a machine that can be destroyed at once", async () => {
    const resource = machine();
    await cancelled(resource, { args: args({}), watched, reached: running(resource) });
    await resource.destroy();
    expect(await site.find(`/1.0/instances/${resource.name}`)).toBeUndefined();
  });

  site.testWithGuest("lets go of the console, and the next run types from the beginning", async () => {
    const resource = machine();
    const never = args({ bootCommand: [{ waitFor: "Abort, Retry, Fail", timeout: "10m" }] });
    const connected = (async () => {
      const before = watched.lines.length;
      while (!watched.lines.slice(before).some((line) => line.includes("/websocket?"))) await sleep(20);
      await sleep(500);
    })();
    await cancelled(resource, { args: never, watched, reached: connected });
    expect((await site.instance(resource.name)).config["user.pulumi.pending"]).toBe("boot");
    const soon = args({ bootCommand: [{ pause: "100ms" }], waitFor: [] });
    expect(await resource.up(soon)).toBe("updated");
    await resource.destroy();
  });

  site.daemon.test("kills the command that runs in the guest, and the next run runs it again", {}, async () => {
    const guest = site.resource();
    const image = await site.image(guest.name);
    await guest.up({ source: { image }, rootDisk: { pool: "default" } });
    const exec = new StackResource("Exec", site.name(), watched.socket);
    const command = (script: string): Record<string, unknown> => ({
      instance: guest.name,
      command: ["/bin/sh", "-c", script],
      timeout: "10m",
    });
    const has = async (path: string): Promise<boolean> =>
      (await site.daemon.raw.get(`/1.0/instances/${guest.name}/files?path=${path}`)).status === 200;
    const begun = (async () => {
      while (!(await has("/tmp/begun"))) await sleep(50);
    })();
    const script = "echo > /tmp/begun; sleep 3; echo > /tmp/ended";
    await cancelled(exec, { args: command(script), watched, reached: begun });
    await sleep(3500);
    expect(await has("/tmp/ended")).toBe(false);
    expect(await exec.up(command("echo > /tmp/again"))).toBe("created");
    expect(await has("/tmp/again")).toBe(true);
    await exec.destroy();
    await guest.destroy();
  });
});
