// Instances: the wait for what a container's console says, which the daemons give away once and keep in odd ways.
import { beforeAll, expect, test } from "vitest";

import { describeInstances, type Site } from "./site";

/** What a simulated guest says of itself too. */
const words = { condition: "console", pattern: "^system: up" };

/** A container whose first program is a script; a simulated one says the same by itself. */
const init = (site: Site, script: string): object => ({
  config: site.isSimulated ? {} : { "raw.lxc": "lxc.init.cmd = /bin/busybox sh /says" },
  files: [{ path: "/says", content: { text: script } }],
});

describeInstances("waiting for the console of a container", (site) => {
  let image = "";
  beforeAll(async () => {
    image = await site.image("console");
  });
  const container = (waitFor: object[], script: string): Record<string, unknown> => ({
    source: { image },
    rootDisk: { pool: "default" },
    ...init(site, script),
    onDelete: "force",
    waitFor,
  });

  test("each wait hears what was said before it, and a failure quotes it", async () => {
    const machine = site.resource();
    const said = { ...words, timeout: "10s" };
    const never = { condition: "console", pattern: "no such words", timeout: "1s" };
    // The second is met at once, by what the first has read.
    await expect(
      machine.up(container([said, { ...said, timeout: "1s" }, never], "echo system: up >/dev/console; sleep 1000")),
    ).rejects.toThrow(
      /the console has not printed \/no such words\/, after 1s; the last lines of its console:\n[^]*system: up/,
    );
  });

  test("what an earlier start has said is not heard", async ({ skip }) => {
    if (site.isSimulated) skip("a simulated container does not go off by itself");
    const machine = site.resource();
    const once = "[ -e /said ] || echo system: up >/dev/console; echo >/said; sleep 1";
    const off = { condition: "powered-off", timeout: "20s", stableFor: "500ms" };
    const waits = [{ ...words, timeout: "10s" }, off, { ...words, timeout: "2s" }];
    await expect(machine.up(container(waits, once))).rejects.toThrow(
      "the console has not printed /^system: up/, after 2s",
    );
  });
});
