// Instances in a cluster: made on a member, moved to another, found where somebody has moved them.
import { beforeAll, describe, expect } from "vitest";

import { describeEachDaemon, tinyImage } from "../harness";
import { StackResource } from "../harness/stack";

type Args = Record<string, unknown>;

describe("an instance in a cluster", () => {
  describeEachDaemon({ name: "place", on: ["incus-cluster"] }, (daemon) => {
    let image = "";
    let members: string[] = [];
    beforeAll(async () => {
      const sent = await daemon.settle(
        daemon.raw.post("/1.0/images", tinyImage({ properties: { os: daemon.prefix } })),
      );
      image = String(sent.ok && sent.metadata?.["fingerprint"]);
      const { body } = await daemon.raw.get("/1.0/cluster/members");
      members = (body.metadata as string[]).map((url) => url.slice(url.lastIndexOf("/") + 1));
    }, 60_000);
    const args = (target: string | undefined, more: Args = {}): Args => ({
      source: { image },
      rootDisk: { pool: "default" },
      running: false,
      target,
      ...more,
    });
    const placeOf = async (name: string): Promise<unknown> =>
      ((await daemon.raw.get(`/1.0/instances/${name}`)).body.metadata as Record<string, unknown>)["location"];

    daemon.test("is its target, and moves with it", { timeoutMs: 180_000 }, async () => {
      const [first = "", second = ""] = members;
      const machine = new StackResource("Instance", daemon.name("m"), daemon.socket);
      await machine.up(args(second));
      expect(await placeOf(machine.name)).toBe(second);
      expect(await machine.up(args(second))).toBe("same");
      expect(await machine.up(args(undefined))).toBe("same");
      const [failure] = await machine.failures(args("nowhere"));
      expect(failure).toMatchObject({ property: "target" });
      expect(failure?.reason).toMatch(/no cluster member "nowhere"; members are/);
      expect(await machine.preview(args(first))).toMatchObject({ changes: true, replaces: [] });
      expect(await machine.up(args(first))).toBe("updated");
      expect(await placeOf(machine.name)).toBe(first);
      // Any of a group will do, so where it is already is right.
      expect(await machine.up(args("@default"))).toBe("updated");
      expect(await placeOf(machine.name)).toBe(first);
      expect(await machine.failures(args("@no-such"))).toMatchObject([{ property: "target" }]);
      await machine.destroy();
    });

    daemon.test("that somebody has changed is put right", { timeoutMs: 180_000 }, async () => {
      const [first = "", second = ""] = members;
      const machine = new StackResource("Instance", daemon.name("n"), daemon.socket);
      await machine.up(args(first));
      const move = { name: machine.name, migration: true, live: false };
      await daemon.settle(daemon.raw.post(`/1.0/instances/${machine.name}?target=${second}`, move));
      expect(await placeOf(machine.name)).toBe(second);
      expect(await machine.refresh()).toBe(true);
      expect(await machine.up(args(first))).toBe("updated");
      expect(await placeOf(machine.name)).toBe(first);
      await machine.destroy();
    });
  });
});
