// Instances in a cluster: made on a member, moved to another, found where somebody has moved them.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect } from "vitest";

import { describeEachDaemon, tinyImage } from "../harness";
import { openEvents } from "../harness/event-stream";
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

    daemon.test("is copied from a machine or a snapshot of another member", { timeoutMs: 90_000 }, async () => {
      const [first = "", second = ""] = members;
      const original = new StackResource("Instance", daemon.name("o"), daemon.socket);
      await original.up(args(second));
      const taken = daemon.raw.post(`/1.0/instances/${original.name}/snapshots`, { name: "s" });
      expect((await daemon.settle(taken)).ok).toBe(true);
      const sources: [Args, string | undefined][] = [
        [{ instance: original.name, instanceOnly: true }, first],
        [{ snapshot: `${original.name}/s` }, first],
        [{ instance: original.name, instanceOnly: true }, undefined],
      ];
      for (const [i, [source, target]] of sources.entries()) {
        const copy = new StackResource("Instance", daemon.name(`copy${i}`), daemon.socket);
        await copy.up(args(target, { source }));
        expect(target === undefined ? members : [target]).toContain(await placeOf(copy.name));
        await copy.destroy();
      }
      await original.destroy();
    });

    daemon.test(
      "of a backup's file is on the member or in the group that is named",
      { timeoutMs: 90_000 },
      async () => {
        const [first = "", second = ""] = members;
        const dir = await mkdtemp(join(tmpdir(), "cluster-backup-"));
        const original = new StackResource("Instance", daemon.name("b"), daemon.socket);
        await original.up(args(first));
        const backups = `/1.0/instances/${original.name}/backups`;
        const json = { name: "b", instance_only: true, compression_algorithm: "none" };
        expect((await daemon.settle(daemon.raw.post(backups, json))).ok).toBe(true);
        const backup = join(dir, "b.tar");
        await writeFile(backup, (await daemon.raw.get(`${backups}/b/export`)).bytes);
        await original.destroy();
        for (const [target, places] of [
          [second, [second]],
          ["@default", members],
        ] as const) {
          const machine = new StackResource("Instance", daemon.name("restored"), daemon.socket);
          await machine.up(args(target, { source: { backup } }));
          expect(places).toContain(await placeOf(machine.name));
          expect(await machine.up(args(target, { source: { backup } }))).toBe("same");
          await machine.destroy();
        }
        await rm(dir, { recursive: true });
      },
    );

    daemon.test(
      "goes on running while it moves, if it was started for that",
      { timeoutMs: 120_000 },
      async (context) => {
        const [first = "", second = ""] = members;
        const machine = new StackResource("Instance", daemon.name("live"), daemon.socket);
        const root = { type: "disk", path: "/", pool: "default", size: "8MiB", "size.state": "160MiB" };
        const running = (target: string, more: Args = {}): Args => ({
          ...{ type: "virtual-machine", profiles: [], firmware: "uefi", devices: { root }, target },
          config: { "limits.memory": "128MiB", "migration.stateful": true, ...more },
        });
        await machine.up(running(first));
        const device = immovableDeviceOf(machine.name);
        if (device !== undefined) {
          await machine.destroy();
          context.skip(`QEMU cannot migrate a machine with the device ${device}, which machines have here`);
        }
        const lifecycle = await openEvents(daemon.socket, "type=lifecycle");
        expect(await machine.failures(running(second))).toEqual([]);
        expect(await machine.up(running(second))).toBe("updated");
        expect(await placeOf(machine.name)).toBe(second);
        const own = lifecycle.events.filter(({ metadata }) => metadata["source"] === `/1.0/instances/${machine.name}`);
        lifecycle.close();
        expect(own.map(({ metadata }) => metadata["action"])).toEqual(["instance-migrated"]);
        await machine.destroy();
      },
    );
  });
});

/**
 * A device of a running machine that QEMU refuses to migrate: those that another process serves. Tried all the same, a
 * migration would leave a QEMU that runs for ever on the other member.
 */
function immovableDeviceOf(name: string): string | undefined {
  const pids = readdirSync("/proc").filter((pid) => /^\d+$/.test(pid));
  const commands = pids.map(commandOf);
  const qemu = commands.find((command) => command[0]?.includes("qemu") === true && command.includes(name)) ?? [];
  const config = qemu[qemu.indexOf("-readconfig") + 1];
  if (config === undefined || !existsSync(config)) return undefined;
  return /^driver = "(vhost-user-.*)"$/m.exec(readFileSync(config, "utf8"))?.[1];
}

function commandOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    // It has ended meanwhile.
    return [];
  }
}
