// An alias that moves from a golden image, which says in no list what it has made, to an image of the same program.
import { afterEach, expect, it } from "vitest";

import { describeEachDaemon, importIso, tinyIso } from "../harness";
import { type Declared, Stack } from "../harness/stack-run";
import { sha256, Site } from "./site";

describeEachDaemon({ name: "alias of a golden image", on: ["embedded"] }, (daemon) => {
  const site = new Site(daemon);
  let stack: Stack | undefined;
  afterEach(() => stack?.destroy());

  it("is refused to an image while the golden image has it, and made there by the next run", async () => {
    const at = (stack = new Stack(daemon.socket, site.name()));
    await importIso(daemon, "cd", tinyIso({ bootable: true, marker: "power off" }));
    const golden = (aliases: string[]): Declared => ({
      kindName: "GoldenBuild",
      name: "golden",
      args: {
        version: "v1",
        iso: { pool: "default", name: daemon.name("cd") },
        machine: { memory: "256MiB", rootDisk: { pool: "default", size: "64MiB" }, firmware: "uefi", profiles: [] },
        install: { timeout: "2m", stableFor: "20ms" },
        image: { aliases, properties: { run: site.name() } },
      },
    });
    const alias = site.name("-x");
    await at.up([golden([alias])]);
    expect(await site.target(alias)).toBeDefined();
    const to: Declared = { kindName: "Image", name: "to", args: { source: { file: site.file }, aliases: [alias] } };
    const program = [golden([]), to];
    await expect(at.up(program, { atOnce: true })).rejects.toThrow(/belongs to the image/);
    await at.up(program);
    expect(await site.target(alias)).toBe(sha256(site.bytes));
  });
});
