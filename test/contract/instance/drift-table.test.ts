// Drift of an instance, key by key: what the server keeps for itself is none and is never lost, what people change is.
import { beforeAll, expect, test } from "vitest";

import { type StackResource } from "../harness/stack";
import { describeInstances, type RawInstance } from "./site";

/** Keys that both servers write themselves, now and then. */
const serversOwn: Record<string, string> = {
  "image.os": "tiny",
  "image.requirements.nesting": "false",
  "volatile.apply_template": "copy",
  "volatile.cloud-init.instance-id": "b7e5e6e4-1111-4222-8333-123456789abc",
  "volatile.evacuate.origin": "another-member",
  "volatile.last_state.power": "STOPPED",
  "volatile.net.host_name": "veth5f0c1d2e",
  "volatile.net.hwaddr": "00:16:3e:11:22:33",
  "volatile.net.last_state.created": "false",
  "volatile.net.last_state.hwaddr": "00:16:3e:11:22:33",
  "volatile.net.last_state.mtu": "1500",
  "volatile.net.name": "eth9",
  "volatile.root.apply_quota": "true",
};

/** What somebody does to a machine, as a change of what the daemon has of it. */
const byHand: Record<string, (was: RawInstance) => Partial<RawInstance>> = {
  "a config value is another": ({ config }) => ({ config: { ...config, "user.note": "theirs" } }),
  "a config key is added": ({ config }) => ({ config: { ...config, "user.theirs": "1" } }),
  "a config key is gone": ({ config }) => ({ config: without(config, "user.note") }),
  "a limit is another": ({ config }) => ({ config: { ...config, "limits.memory": "96MiB" } }),
  "a limit is gone": ({ config }) => ({ config: without(config, "limits.cpu") }),
  "a switch is the other way": ({ config }) => ({ config: { ...config, "boot.autostart": "true" } }),
  "snapshots are taken at other times": ({ config }) => ({ config: { ...config, "snapshots.schedule": "@weekly" } }),
  "cloud-init data are others": ({ config }) => ({
    config: { ...config, "cloud-init.user-data": "#cloud-config\n{}" },
  }),
  "a device is added": ({ devices }) => ({ devices: { ...devices, eth7: { type: "nic", nictype: "p2p" } } }),
  "a device is gone": ({ devices }) => ({ devices: without(devices, "net") }),
  "a device is another": ({ devices }) => ({ devices: { ...devices, net: { ...devices["net"], mtu: "1400" } } }),
  "the root disk is another": ({ devices }) => ({
    devices: { ...devices, root: { ...devices["root"], size: "64MiB" } },
  }),
  "the profiles are others": () => ({ profiles: [] }),
  "the description is another": () => ({ description: "theirs" }),
};

describeInstances("drift, key by key,", (site) => {
  let image = "";
  beforeAll(async () => {
    image = await site.image();
  });
  const args = (more: object = {}): Record<string, unknown> => ({
    source: { image },
    rootDisk: { pool: "default", size: "32MiB" },
    nics: [{ name: "net", nictype: "p2p" }],
    description: "ours",
    config: {
      "limits.memory": "64MiB",
      "limits.cpu": 1,
      "boot.autostart": false,
      "snapshots.schedule": "@daily",
      "user.note": "ours",
    },
    cloudInit: { userData: "#cloud-config\n{runcmd: []}" },
    running: false,
    ...more,
  });
  const put = async (machine: StackResource, change: (was: RawInstance) => Partial<RawInstance>): Promise<void> => {
    const was = await site.instance(machine.name);
    await site.change("PUT", `/1.0/instances/${machine.name}`, { ...was, ...change(was) });
  };
  /** What somebody can have changed: without what the daemon writes on each change. */
  const visible = async (machine: StackResource): Promise<object> => {
    const { config, devices, profiles, description, status } = await site.instance(machine.name);
    const own = Object.entries(config).filter(([key]) => !key.startsWith("volatile."));
    return { config: Object.fromEntries(own), devices, profiles, description, status };
  };

  test("what the server writes is not shown, and is there after an update", async () => {
    const machine = site.resource();
    await machine.up(args());
    await put(machine, ({ config }) => ({ config: { ...config, ...serversOwn } }));
    const before = await site.instance(machine.name);
    expect(before.config).toMatchObject(serversOwn);
    await machine.refresh();
    expect(Object.keys(machine.inputs["config"] as object).sort()).toEqual(
      Object.keys(args()["config"] as object).sort(),
    );
    expect(await machine.preview(args())).toMatchObject({ changes: false });
    expect(await machine.up(args({ description: "other" }))).toBe("updated");
    const { description, ...after } = await site.instance(machine.name);
    expect(description).toBe("other");
    expect({ ...after, description: "ours" }).toMatchObject({ ...before, profiles: before.profiles });
    expect(after.config).toEqual(before.config);
  });

  test("what somebody has changed is shown by a refresh and put right", async () => {
    const machine = site.resource();
    await machine.up(args());
    const right = await visible(machine);
    for (const [what, change] of Object.entries(byHand)) {
      await put(machine, change);
      expect(await visible(machine), what).not.toEqual(right);
      await machine.refresh();
      expect(await machine.preview(args()), what).toMatchObject({ changes: true, replaces: [] });
      expect(await machine.up(args()), what).toBe("updated");
      expect(await visible(machine), what).toEqual(right);
    }
    await site.change("PUT", `/1.0/instances/${machine.name}/state`, { action: "start" });
    await machine.refresh();
    expect(await machine.preview(args())).toMatchObject({ changes: true, replaces: [] });
    await machine.up(args());
    expect(await visible(machine)).toEqual(right);
  });
});

function without<T>(map: Record<string, T>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(map).filter(([each]) => each !== key));
}
