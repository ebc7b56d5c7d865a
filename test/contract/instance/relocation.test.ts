// Instances: moved to another pool in place, rebuilt from another image, ephemeral ones.
import { beforeAll, expect, test } from "vitest";

import { describeInstances } from "./site";

type Args = Record<string, unknown>;

describeInstances("a machine that changes in place", (site) => {
  const pool = site.daemon.name("pool");
  let [image, other] = ["", ""];
  beforeAll(async () => {
    await site.change("POST", "/1.0/storage-pools", { name: pool, driver: "dir", config: {} });
    image = await site.image();
    other = await site.image("other");
  });
  const args = (more: Args = {}): Args => ({ source: { image }, rootDisk: { pool: "default" }, ...more });
  const identityOf = async (name: string): Promise<unknown> => {
    const { config } = await site.instance(name);
    return [config["volatile.uuid"], config["volatile.eth0.hwaddr"], config["user.note"]];
  };
  const nic = { nics: [{ nictype: "p2p" }], config: { "user.note": "kept" } };

  test("another pool moves the root disk of a machine that is off", async () => {
    const machine = site.resource();
    await machine.up(args({ ...nic, running: false }));
    const before = await identityOf(machine.name);
    const moved = args({ ...nic, running: false, rootDisk: { pool } });
    expect(await machine.preview(moved)).toMatchObject({ changes: true, replaces: [] });
    expect(await machine.up(moved)).toBe("updated");
    expect((await site.instance(machine.name)).devices["root"]).toMatchObject({ pool });
    expect(await identityOf(machine.name)).toEqual(before);
    expect(await machine.up(moved)).toBe("same");
  });

  test("a running machine is moved only with consent, and runs again, whoever minds its power", async () => {
    const machine = site.resource();
    await machine.up(args({ power: "initial" }));
    const moved = args({ power: "initial", rootDisk: { pool }, shutdownTimeout: "0s" });
    const [failure] = await machine.failures(moved);
    expect(failure).toMatchObject({ property: "rootDisk.pool" });
    expect(failure?.reason).toMatch(/running machine cannot be moved.*allowRestart/);
    expect(await machine.up({ ...moved, allowRestart: true })).toBe("updated");
    const { devices, status } = await site.instance(machine.name);
    expect([devices["root"]?.["pool"], status]).toEqual([pool, "Running"]);
  });

  site.daemon.test("a rebuild keeps everything but the disk", { needs: ["instances_rebuild"] }, async () => {
    const machine = site.resource();
    const first = args({ ...nic, onImageChange: "rebuild", allowRestart: true, shutdownTimeout: "0s" });
    await machine.up(first);
    const before = await identityOf(machine.name);
    const rebuilt = { ...first, source: { image: other } };
    expect(await machine.preview(rebuilt)).toMatchObject({ changes: true, replaces: [] });
    const [failure] = await machine.failures({ ...rebuilt, allowRestart: false });
    expect(failure).toMatchObject({ property: "source" });
    expect(await machine.up(rebuilt)).toBe("updated");
    const made = await site.instance(machine.name);
    expect(made).toMatchObject({ status: "Running" });
    expect(made.config["volatile.base_image"]).toBe(other);
    expect(made.config["user.pulumi.owner"]).toBe(machine.urn);
    expect(await identityOf(machine.name)).toEqual(before);
    expect(await machine.up(rebuilt)).toBe("same");
    expect(await machine.preview({ ...first, onImageChange: "replace" })).toMatchObject({ replaces: ["source"] });
  });

  site.daemon.test(
    "files are written after a rebuild",
    { needs: ["instances_rebuild"], timeoutMs: 60_000 },
    async () => {
      const machine = site.resource();
      const files = (text: string): Args => ({ files: [{ path: "/etc/word", content: { text } }] });
      const off = args({ onImageChange: "rebuild", running: false });
      await machine.up({ ...off, ...files("one") });
      expect(await machine.up({ ...off, ...files("two"), source: { image: other } })).toBe("updated");
      const written = await site.daemon.raw.get(`/1.0/instances/${machine.name}/files?path=/etc/word`);
      expect(written.bytes.toString()).toBe("two");
    },
  );

  site.daemon.test("a rebuild that was broken off is done again", { needs: ["instances_rebuild"] }, async () => {
    const machine = site.resource();
    const off = args({ onImageChange: "rebuild", running: false });
    await machine.up(off);
    await site.send("PATCH", `/1.0/instances/${machine.name}`, { config: { "user.pulumi.source": "rebuilding" } });
    await machine.refresh();
    expect(await machine.up(off)).toBe("updated");
    expect((await site.instance(machine.name)).config).not.toHaveProperty(["user.pulumi.source"]);
    const alias = site.name();
    await site.send("POST", "/1.0/images/aliases", { name: alias, target: other });
    expect(await machine.up({ ...off, source: { alias } })).toBe("updated");
    expect((await site.instance(machine.name)).config["volatile.base_image"]).toBe(other);
    expect(await machine.up({ ...off, source: { alias } })).toBe("same");
  });

  const canRebuild = (): string | undefined =>
    site.daemon.has("instances_rebuild") ? "a server without the API extension instances_rebuild" : undefined;
  site.daemon.test("a server that cannot rebuild is told of in the preview", { missing: canRebuild }, async () => {
    const machine = site.resource();
    const off = args({ onImageChange: "rebuild", running: false });
    await machine.up(off);
    const [failure] = await machine.failures({ ...off, source: { image: other } });
    expect(failure).toMatchObject({ property: "onImageChange" });
    expect(failure?.reason).toMatch(/has no rebuilding.*LXD 5\.21/s);
  });

  test("an ephemeral machine is gone when it stops, and is made again", async () => {
    const machine = site.resource();
    expect(await machine.failures(args({ ephemeral: true, running: false }))).toMatchObject([{ property: "running" }]);
    await machine.up(args());
    expect(await machine.up(args({ ephemeral: true }))).toBe("updated");
    expect(await site.instance(machine.name)).toMatchObject({ ephemeral: true, status: "Running" });
    const renamed = args({ ephemeral: true, allowRestart: true, name: `${machine.name}-x` });
    expect(await machine.failures(renamed)).toMatchObject([{ property: "name" }]);
    await site.switchOff(machine.name);
    expect(await machine.up(args({ ephemeral: true, description: "again" }))).toBe("updated");
    expect(await site.instance(machine.name)).toMatchObject({ status: "Running", description: "again" });
    await site.switchOff(machine.name);
    expect(await machine.refresh()).toBe(false);
    expect(await machine.up(args({ ephemeral: true }))).toBe("created");
    await machine.destroy();
    expect(await site.find(`/1.0/instances/${machine.name}`)).toBeUndefined();
  });

  test("architecture and target are checked, and left to the server when they are not written", async () => {
    const machine = site.resource();
    expect(await machine.failures(args({ target: "nowhere" }))).toMatchObject([{ property: "target" }]);
    await machine.up(args({ architecture: "amd64", running: false }));
    expect(machine.outputs["architecture"]).toBe("x86_64");
    expect(await machine.up(args({ running: false }))).toBe("same");
    const arm = args({ architecture: "arm64", running: false });
    expect(await machine.preview(arm)).toMatchObject({ replaces: ["architecture"] });
    const foreign = site.resource();
    await expect(foreign.up(arm)).rejects.toThrow(/is for x86_64, not for aarch64/);
  });
});
