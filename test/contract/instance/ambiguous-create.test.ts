// Instances whose create was sent, and whose answer nobody has heard: they are looked for before the run gives up.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

import { FlakySocket } from "../harness/flaky-socket";
import { StackResource } from "../harness/stack";
import { describeInstances } from "./site";

const create = /^POST \/1\.0\/instances[? ]/;

describeInstances("an instance whose create got lost", (site) => {
  let image = "";
  let flaky: FlakySocket;
  let dir = "";
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "lost-create-"));
    image = await site.image();
    flaky = new FlakySocket(site.daemon.socket);
    await flaky.start();
  });
  afterAll(async () => {
    await flaky.stop();
    await rm(dir, { recursive: true });
  });
  const args = (): Record<string, unknown> => ({ source: { image }, rootDisk: { pool: "default" }, running: false });
  const resource = (): StackResource => new StackResource("Instance", site.name(), flaky.socket);
  const posts = (): number => flaky.lines.filter((line) => create.test(line)).length;

  test("is found in the same run, once the daemon has made it, and never asked for twice", async () => {
    const machine = resource();
    const before = posts();
    const swallowed = flaky.swallowAnswerTo(create);
    expect(await machine.up(args())).toBe("created");
    expect(await swallowed).toMatch(/ 202 /);
    expect(posts() - before).toBe(1);
    const made = await site.instance(machine.name);
    expect(made.config).toMatchObject({ "user.pulumi.owner": machine.urn, "volatile.base_image": image });
    expect(await machine.up(args())).toBe("same");
  });

  /** A create that the daemon refuses, of which nobody hears that. */
  const refused = async (machine: StackResource): Promise<{ made: Promise<void>; swallowed: Promise<string> }> => {
    const { inputs } = await machine.check(args());
    const swallowed = flaky.swallowAnswerTo(create);
    return { made: machine.create({ ...inputs, config: { "limits.nonsense": "1" } }), swallowed };
  };

  test("and that the daemon does not make is told, with nothing in the state", async ({ skip }) => {
    if (site.daemon.kind !== "embedded") skip("the look takes seconds, and is the same on all daemons");
    const machine = resource();
    const { made, swallowed } = await refused(machine);
    await expect(made).rejects.toThrow(/create instance .*\[unavailable\].*POST[^]*It was not found/);
    expect(await swallowed).not.toBe("");
    expect(machine.id).toBeUndefined();
    expect(await site.find(`/1.0/instances/${machine.name}`)).toBeUndefined();
  });

  test("is not mistaken for what a stranger has made under its name meanwhile", async () => {
    const machine = resource();
    const { made, swallowed } = await refused(machine);
    const failed = expect(made).rejects.toThrow(/which this resource did not create/);
    await swallowed;
    await site.change("POST", "/1.0/instances", {
      ...{ name: machine.name, type: "container", source: { type: "image", fingerprint: image } },
      devices: { root: { type: "disk", path: "/", pool: "default" } },
    });
    await failed;
    expect((await site.instance(machine.name)).config).not.toHaveProperty(["user.pulumi.owner"]);
  });

  site.daemon.test("is found when it comes from a backup, too", { needs: ["backup_override_name"] }, async () => {
    const machine = resource();
    const source = { backup: await backupFile() };
    const swallowed = flaky.swallowAnswerTo(create);
    expect(await machine.up({ source, rootDisk: { pool: "default" }, running: false })).toBe("created");
    expect(await swallowed).toMatch(/ 202 /);
    expect((await site.instance(machine.name)).config["user.pulumi.owner"]).toBe(machine.urn);
  });

  const backupFile = async (): Promise<string> => {
    const name = site.name();
    await site.change("POST", "/1.0/instances", {
      ...{ name, type: "container", source: { type: "image", fingerprint: image } },
      devices: { root: { type: "disk", path: "/", pool: "default" } },
    });
    await site.change("POST", `/1.0/instances/${name}/backups`, { name: "b", compression_algorithm: "gzip" });
    const { bytes } = await site.daemon.raw.get(`/1.0/instances/${name}/backups/b/export`);
    const file = join(dir, "b.tar.gz");
    await writeFile(file, bytes);
    return file;
  };
});
