// Instances made from a backup file, which brings a config, an owner and a pending wait of its own.
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";

import { FileSite } from "../harness/file-site";
import { FlakySocket } from "../harness/flaky-socket";
import { StackResource } from "../harness/stack";
import { describeInstances, type Site } from "./site";

type Args = Record<string, unknown>;
const needs = ["backup_override_name"];

/** A backup of a container of another stack. */
async function backup(site: Site, image: string, more: Record<string, string> = {}): Promise<Buffer> {
  const name = site.name();
  await site.change("POST", "/1.0/instances", {
    name,
    type: "container",
    source: { type: "image", fingerprint: image },
    config: { "user.pulumi.owner": "another", "user.pulumi.pending": "wait", "user.note": "other", ...more },
    devices: { root: { type: "disk", path: "/", pool: "default" }, eth0: { type: "nic", nictype: "p2p" } },
  });
  const json = { name: "b", instance_only: true, compression_algorithm: "gzip" };
  await site.change("POST", `/1.0/instances/${name}/backups`, json);
  const { bytes } = await site.daemon.raw.get(`/1.0/instances/${name}/backups/b/export`);
  await site.change("PATCH", `/1.0/instances/${name}`, { config: { "security.protection.delete": "" } });
  await site.change("DELETE", `/1.0/instances/${name}`);
  return bytes;
}

describeInstances("an instance of a backup", (site) => {
  const web = new FileSite();
  let [dir, file, image] = ["", "", ""];
  let bytes: Buffer;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "instance-backup-"));
    if (!needs.every((extension) => site.daemon.has(extension))) return;
    image = await site.image();
    bytes = await backup(site, image);
    file = join(dir, "b.tar.gz");
    await writeFile(file, bytes);
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));
  const args = (more: Args = {}): Args => ({
    source: { backup: file },
    rootDisk: { pool: "default" },
    config: { "user.note": "mine" },
    running: false,
    ...more,
  });
  const interimOf = (urn: string): string => {
    const sha = (text: string | Buffer): string => createHash("sha256").update(text).digest("hex");
    return `pulumi-${sha(urn).slice(0, 20)}-${sha(`sha256:${sha(bytes)}`).slice(0, 20)}`;
  };
  const upload = (name: string): Promise<unknown> =>
    site.change("POST", "/1.0/instances", bytes, {
      "Content-Type": "application/octet-stream",
      [site.daemon.header("name")]: name,
    });

  site.daemon.test("has the backup's disk, the program's settings and an owner", { needs }, async () => {
    const machine = site.resource();
    await machine.up(args());
    const made = await site.instance(machine.name);
    expect(made.config).toMatchObject({ "user.pulumi.owner": machine.urn, "user.note": "mine" });
    expect(made.config).not.toHaveProperty(["user.pulumi.pending"]);
    expect(made.config["volatile.base_image"]).toBe(image);
    expect(made.devices).toEqual({ root: { type: "disk", path: "/", pool: "default" } });
    expect(await site.find(`/1.0/instances/${interimOf(machine.urn)}`)).toBeUndefined();
    expect(await machine.up(args())).toBe("same");
    expect(await machine.refresh()).toBe(true);
    expect(await machine.up(args({ running: true }))).toBe("updated");
    expect((await site.instance(machine.name)).status).toBe("Running");
  });

  site.daemon.test("may be on a web server, and is the same on this machine", { needs }, async () => {
    const machine = site.resource();
    const checksum = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
    const source = { backup: { url: web.put("/b.tar.gz", bytes), checksum } };
    await machine.up(args({ source }));
    expect((await site.instance(machine.name)).config["volatile.base_image"]).toBe(image);
    web.requests = [];
    expect(await machine.up(args({ source }))).toBe("same");
    expect(web.requests).toEqual([]);
    expect(await machine.up(args())).toBe("same");
    const failures = await site.resource("-other").failures(args({ source: { backup: { url: source.backup.url } } }));
    expect(failures.map(({ property }) => property)).toContain("source.backup.checksum");
  });

  site.daemon.test("a run that was killed after the upload is gone on with", { needs }, async () => {
    const machine = site.resource();
    await upload(interimOf(machine.urn));
    expect(await machine.up(args())).toBe("created");
    expect((await site.instance(machine.name)).config["user.pulumi.owner"]).toBe(machine.urn);
    expect(await site.find(`/1.0/instances/${interimOf(machine.urn)}`)).toBeUndefined();
  });

  site.daemon.test("what a killed run has made of another file is removed, protected or not", { needs }, async () => {
    const machine = site.resource();
    const changing = join(dir, "changing.tar.gz");
    await writeFile(changing, await backup(site, image, { "security.protection.delete": "true" }));
    const flaky = new FlakySocket(site.daemon.socket);
    await flaky.start();
    const killed = new StackResource("Instance", machine.name, flaky.socket);
    const sent = flaky.swallowAnswerTo(/^POST \/1\.0\/instances[? ]/);
    const source = { backup: changing };
    void killed.up(args({ source })).catch(() => undefined);
    await sent;
    flaky.isDead = true;
    const left = async (): Promise<string[]> =>
      (await site.get<string[]>("/1.0/instances")).filter((url) =>
        url.includes(`pulumi-${createHash("sha256").update(machine.urn).digest("hex").slice(0, 20)}`),
      );
    await expect.poll(left).toHaveLength(1);
    await writeFile(changing, bytes);
    expect(await machine.up(args({ source }))).toBe("created");
    expect(await left()).toEqual([]);
    expect((await site.instance(machine.name)).config["user.pulumi.owner"]).toBe(machine.urn);
    await flaky.stop();
  });

  site.daemon.test("other bytes are a replacement, and nothing is left of what fails", { needs }, async () => {
    const machine = site.resource();
    await machine.up(args());
    const other = join(dir, "other.tar.gz");
    await writeFile(other, await backup(site, image));
    expect(await machine.preview(args({ source: { backup: other } }))).toMatchObject({
      replaces: ["source", "sourceVersion"],
    });
    const wrong = site.resource();
    await expect(wrong.up(args({ type: "virtual-machine" }))).rejects.toThrow(/is one of a container/);
    expect(await site.find(`/1.0/instances/${interimOf(wrong.urn)}`)).toBeUndefined();
    // Nothing that can be recognised: the daemon decides.
    await writeFile(other, Buffer.from("\x90 no backup", "latin1"));
    await expect(wrong.up(args({ source: { backup: other } }))).rejects.toThrow(/create instance/);
  });
});
