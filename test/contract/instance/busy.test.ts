// Instances that the server is at work on when a change of them comes: it is waited for, and told.
import { beforeAll, expect, test } from "vitest";

import { type StackResource } from "../harness/stack";
import { blank, describeInstances } from "./site";

/** Takes its time to shut down. */
const slow = "#!/bin/sh\ntrap 'sleep 1; exit 0' PWR TERM\nwhile :; do sleep 1 & wait $!; done\n";

describeInstances("an instance that is busy", (site) => {
  let image = "";
  beforeAll(async () => {
    image = await site.image();
  });
  /** Simulated guests without a system do not obey a shutdown, which ends with its time; real ones are slow to. */
  const args = (note: string, running = true): Record<string, unknown> => {
    const kind = site.isSimulated ? blank : { source: { image }, rootDisk: { pool: "default" } };
    return { ...kind, config: { "security.secureboot": undefined, "user.note": note }, running };
  };
  const makeSlow = async (machine: StackResource): Promise<void> => {
    await machine.up(args("old", false));
    const path = `/1.0/instances/${machine.name}/files?path=/sbin/init`;
    if (!site.isSimulated) {
      await site.change("POST", path, Buffer.from(slow), {
        "Content-Type": "application/octet-stream",
        [site.daemon.header("type")]: "file",
        [site.daemon.header("mode")]: "0755",
      });
    }
    await machine.up(args("old"));
  };

  test("with a shutdown that somebody has asked for takes the change when that is over", async () => {
    const machine = site.resource();
    await makeSlow(machine);
    const path = `/1.0/instances/${machine.name}`;
    const timeout = site.isSimulated ? 1 : 10;
    const stop = await site.send("PUT", `${path}/state`, { action: "stop", timeout, force: false });
    const refused = await site.daemon.settle(site.send("PATCH", path, { description: "", config: { "user.x": "1" } }));
    expect(refused.error).toMatch(/Instance is busy running a "stop" operation/);
    expect(await machine.up(args("new"))).toBe("updated");
    expect((await site.daemon.settle(stop)).ok).toBe(!site.isSimulated);
    const after = await site.instance(machine.name);
    expect(after).toMatchObject({ status: "Running", config: { "user.note": "new" } });
    expect(after.config).not.toHaveProperty(["user.x"]);
  });
});
