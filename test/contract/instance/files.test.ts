// Instances: files in the guest, compared by content, with their owners, and what a refresh sees of them.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";

import { type RawReply } from "../harness";
import { unknown } from "../harness/stack";
import { describeInstances } from "./site";

describeInstances("files in a guest", (site) => {
  let image = "";
  beforeAll(async () => {
    image = await site.image();
  });
  const container = (files: unknown, more: object = {}): Record<string, unknown> => ({
    source: { image },
    rootDisk: { pool: "default" },
    files,
    ...more,
  });
  const motd = (text: string, more: object = {}): object => ({ path: "/etc/motd", content: { text }, ...more });
  const look = (name: string, path: string): Promise<RawReply> =>
    site.daemon.raw.get(`/1.0/instances/${name}/files?path=${path}`);
  const header = (reply: RawReply, name: string): unknown => reply.headers[site.daemon.header(name).toLowerCase()];
  const change = (name: string, text: string): Promise<unknown> =>
    site.send("POST", `/1.0/instances/${name}/files?path=/etc/motd`, Buffer.from(text));

  test("are there with owner and mode, in folders that were not, and are written again only where they differ", async () => {
    const machine = site.resource();
    const deep = { path: "/srv/app/conf.d/a b.conf", content: { base64: "AAH/" }, mode: "0640", uid: 5, gid: 6 };
    await machine.up(container([motd("hello\n"), deep]));
    expect((await look(machine.name, "/etc/motd")).bytes.toString()).toBe("hello\n");
    const found = await look(machine.name, "/srv/app/conf.d/a%20b.conf");
    expect(found.bytes).toEqual(Buffer.from([0, 1, 255]));
    expect(["uid", "gid", "mode"].map((name) => header(found, name))).toEqual(["5", "6", "0640"]);

    expect(await machine.up(container([motd("hello\n"), deep]))).toBe("same");
    const before = header(await look(machine.name, "/srv/app/conf.d/a%20b.conf"), "modified");
    expect(await machine.up(container([motd("other\n", { mode: "600" }), deep]))).toBe("updated");
    const changed = await look(machine.name, "/etc/motd");
    expect([changed.bytes.toString(), header(changed, "mode")]).toEqual(["other\n", "0600"]);
    expect(header(await look(machine.name, "/srv/app/conf.d/a%20b.conf"), "modified")).toBe(before);
    await machine.destroy();
  });

  test("that somebody changed or took away are drift, and put right", async () => {
    const machine = site.resource();
    const args = container([motd("ours"), { path: "/tmp/gone", content: { text: "x" } }], { running: false });
    await machine.up(args);
    await change(machine.name, "theirs");
    await site.send("DELETE", `/1.0/instances/${machine.name}/files?path=/tmp/gone`);
    expect((await machine.preview(args)).changes).toBe(false);
    await machine.refresh();
    expect((await machine.preview(args)).changes).toBe(true);
    expect(await machine.up(args)).toBe("updated");
    expect((await look(machine.name, "/etc/motd")).bytes.toString()).toBe("ours");
    expect((await look(machine.name, "/tmp/gone")).bytes.toString()).toBe("x");
    await machine.destroy();
  });

  test("that are no longer wanted go, unless somebody has made them his own", async () => {
    const machine = site.resource();
    await machine.up(container([motd("ours"), { path: "/tmp/a", content: { text: "a" } }], { running: false }));
    await change(machine.name, "theirs");
    expect(await machine.up(container([], { running: false }))).toBe("updated");
    expect((await look(machine.name, "/etc/motd")).bytes.toString()).toBe("theirs");
    expect((await look(machine.name, "/tmp/a")).status).toBe(404);
    await machine.destroy();
  });

  test("are written through links, and not in place of folders", async () => {
    const machine = site.resource();
    await machine.up(container([motd("one")], { running: false }));
    const link = { [site.daemon.header("type")]: "symlink" };
    await site.send("POST", `/1.0/instances/${machine.name}/files?path=/tmp/link`, Buffer.from("../etc/motd"), link);
    const through = { path: "/tmp/link", content: { text: "two" } };
    await machine.up(container([through], { running: false }));
    expect((await look(machine.name, "/etc/motd")).bytes.toString()).toBe("two");
    expect(header(await look(machine.name, "/tmp/link"), "type")).toBe("symlink");
    const folder = { path: "/etc", content: { text: "x" } };
    await expect(machine.up(container([folder], { running: false }))).rejects.toThrow(
      "/etc is a directory in the guest",
    );
    await machine.destroy();
  });

  describe("as they are written in the program", () => {
    test("are checked together, before anything is made", async () => {
      const machine = site.resource();
      const files = [
        { path: "etc/motd", content: { text: "x" } },
        { path: "/a/../b", content: { text: "x" }, mode: "rw" },
        { path: "/c", content: { file: "/no/such/file" } },
        { path: "/c", content: { text: "x" }, owner: 3 },
      ];
      const failures = await machine.failures(container(files));
      expect(failures.map((failure) => failure.property).sort()).toEqual([
        "files[0].path",
        "files[1].mode",
        "files[1].path",
        "files[2].content",
        "files[3].owner",
        "files[3].path",
      ]);
      expect(await site.find(`/1.0/instances/${machine.name}`)).toBeUndefined();
    });

    test("may be unknown yet, and come from local files", async () => {
      const machine = site.resource();
      expect(await machine.failures(container(unknown))).toEqual([]);
      expect(await machine.failures(container([motd(unknown), unknown]))).toEqual([]);
      const dir = await mkdtemp(join(tmpdir(), "guest-files-"));
      try {
        await writeFile(join(dir, "empty"), "");
        await writeFile(join(dir, "full"), "local");
        const local = (name: string): object => ({ path: `/tmp/${name}`, content: { file: join(dir, name) } });
        await machine.up(container([local("empty"), local("full")], { running: false }));
        expect((await look(machine.name, "/tmp/empty")).bytes).toHaveLength(0);
        expect((await look(machine.name, "/tmp/full")).bytes.toString()).toBe("local");
        // The same bytes from another place are the same file.
        const same = [local("empty"), { path: "/tmp/full", content: { text: "local" } }];
        expect(await machine.up(container(same, { running: false }))).toBe("same");
      } finally {
        await rm(dir, { recursive: true });
      }
      await machine.destroy();
    });

    test("need a virtual machine to be on", async () => {
      const args = { type: "virtual-machine", rootDisk: { pool: "default" }, running: false, files: [motd("x")] };
      const failures = await site.resource().failures(args);
      expect(failures.map(({ property, reason }) => `${property} ${reason}`).join()).toMatch(/files .*running: true/);
    });
  });

  site.testWithSimulation("of a virtual machine are written by its agent", async () => {
    const fingerprint = await site.image("vm", "virtual-machine");
    const machine = site.resource();
    const args = { type: "virtual-machine", source: { image: fingerprint }, rootDisk: { pool: "default" } };
    await machine.up({ ...args, firmware: "uefi", files: [motd("vm")] });
    expect((await look(machine.name, "/etc/motd")).bytes.toString()).toBe("vm");
    await machine.destroy();
  });
});
