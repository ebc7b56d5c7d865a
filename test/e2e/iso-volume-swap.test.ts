// The medium of a running machine is swapped under it: by the real CLI, on a real daemon, in a real QEMU.
import { open, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { describeEachDaemon, type TestDaemon } from "../contract/harness";
import { grubIso } from "../contract/instance/guests";
import { missingIsoTools } from "./harness/iso";
import { errorsOf, IsoStack, stepsOf, succeed } from "./iso-volume/stack";

const needs = { needs: ["custom_volume_iso"], missing: missingIsoTools, timeoutMs: 120_000 };

/** A guest that stays up: it waits longer than any test runs. */
const installer = (marker: string): Promise<Buffer> => grubIso(`echo '${marker}'\nsleep 3600`);

describeEachDaemon({ name: "The medium of a running machine", on: ["incus"] }, (daemon: TestDaemon) => {
  let stack: IsoStack;
  const vm = (): string => daemon.name("vm");
  const program = (name: string | undefined): string => `
    const iso = new lxd.IsoVolume("${daemon.name("cd")}", {
      pool: "default", ${name === undefined ? "" : `name: "${name}",`} source: { file: "installer.iso" },
    });
    new lxd.Instance("${vm()}", {
      type: "virtual-machine", profiles: [], running: true,
      rootDisk: { pool: "default", size: "64MiB" },
      cdroms: [{ volume: iso, bootPriority: 10 }],
      config: { "security.secureboot": false, "limits.memory": "256MiB" },
    });
  `;
  const fixed = (): string => daemon.name("fixed");

  beforeAll(async () => {
    stack = await IsoStack.create(daemon, program(undefined));
  });
  afterAll(() => stack.dispose());

  daemon.test("is the new one after `up`, while the guest runs on; the old one is gone", needs, async () => {
    const [first, second] = await Promise.all([installer("first medium"), installer("second medium")]);
    await stack.write("installer.iso", first);
    await succeed(stack.project.up());
    const before = await stack.volume();
    const pid = await stack.pidOf(vm());
    expect(await mediaOf(pid, first)).toEqual(whole);

    await stack.write("installer.iso", second);
    const up = await succeed(stack.project.up());
    expect(stepsOf(up)).toEqual([
      `create-replacement ${daemon.name("cd")}`,
      `replace ${daemon.name("cd")}`,
      `update ${vm()}`,
      `delete-replaced ${daemon.name("cd")}`,
    ]);
    const after = await stack.volume();
    expect(after.name).not.toBe(before.name);
    expect(await stack.sourceOf(vm())).toBe(after.name);
    expect(await stack.pidOf(vm())).toBe(pid);
    expect(await mediaOf(pid, second)).toEqual(whole);
    expect(await stack.project.up({ expectNoChanges: true })).toMatchObject({ code: 0 });
  });

  daemon.test(
    "with a fixed name is taken out, made anew and put in again, while the guest runs on",
    needs,
    async () => {
      await stack.setBody(program(fixed()));
      await succeed(stack.project.up());
      expect(await stack.sourceOf(vm())).toBe(fixed());
      const [before, pid] = [await stack.volume(), await stack.pidOf(vm())];

      const third = await installer("third medium");
      await stack.write("installer.iso", third);
      const up = await succeed(stack.project.up());
      expect(stepsOf(up)).toEqual([
        `delete-replaced ${daemon.name("cd")}`,
        `replace ${daemon.name("cd")}`,
        `create-replacement ${daemon.name("cd")}`,
        `update ${vm()}`,
      ]);
      expect((await stack.volume()).created_at).not.toBe(before.created_at);
      expect(await stack.sourceOf(vm())).toBe(fixed());
      expect(await stack.pidOf(vm())).toBe(pid);
      expect(await mediaOf(pid, third)).toEqual(whole);
    },
  );

  daemon.test(
    "stays as it is while strangers use the volume too, and the error names each of them",
    needs,
    async () => {
      const device = { type: "disk", pool: "default", source: fixed() };
      const root = { type: "disk", pool: "default", path: "/", size: "16MiB" };
      const stranger = {
        name: daemon.name("stranger"),
        type: "virtual-machine",
        source: { type: "none" },
        profiles: [],
      };
      await daemon.settle(daemon.raw.post("/1.0/instances", { ...stranger, devices: { root, cd: device } }));
      await daemon.settle(daemon.raw.post("/1.0/profiles", { name: daemon.name("media"), devices: { cd: device } }));
      const [before, pid] = [await stack.volume(), await stack.pidOf(vm())];
      expect(before.used_by).toHaveLength(3);

      await stack.write("installer.iso", await installer("fourth medium"));
      const up = await stack.project.up();
      expect(up.code).not.toBe(0);
      const told = errorsOf(up);
      expect(told).toContain(`instance default/${daemon.name("stranger")}`);
      expect(told).toContain(`profile default/${daemon.name("media")}`);
      expect(told).toContain("[in-use]");
      const after = await stack.volume();
      // The server lists its users in any order.
      expect({ ...after, used_by: after.used_by.sort() }).toEqual({ ...before, used_by: before.used_by.sort() });
      expect(await stack.sourceOf(vm())).toBe(fixed());
      expect(await stack.pidOf(vm())).toBe(pid);

      await daemon.settle(daemon.raw.delete(`/1.0/instances/${daemon.name("stranger")}`));
      await daemon.settle(daemon.raw.delete(`/1.0/profiles/${daemon.name("media")}`));
      await succeed(stack.project.up());
      expect((await stack.volume()).created_at).not.toBe(before.created_at);
      expect(await stack.sourceOf(vm())).toBe(fixed());
      expect(await stack.pidOf(vm())).toBe(pid);
    },
  );

  daemon.test("goes with the machine at the end", needs, async () => {
    await succeed(stack.project.destroy());
    expect(await stack.volumes()).toEqual([]);
    expect((await daemon.raw.get(`/1.0/instances/${vm()}`)).status).toBe(404);
  });
});

/** Only this medium is in the machine: QEMU holds nothing else of it open. */
const whole = { open: true, others: 0 };

/** Looks at the ISO volumes that QEMU holds open, which is where the guest's reads go: how many are these bytes? */
async function mediaOf(pid: number, bytes: Buffer): Promise<{ open: boolean; others: number }> {
  const folder = `/proc/${pid}/fd`;
  const links = await Promise.all(
    (await readdir(folder)).map((fd) => readlink(join(folder, fd)).then((to) => [fd, to])),
  );
  const media = links.filter(([, to]) => /\/custom\/.*\.iso/.test(to ?? ""));
  const same = await Promise.all(media.map(([fd]) => beginsWith(join(folder, fd ?? ""), bytes)));
  return { open: same.includes(true), others: same.filter((isSame) => !isSame).length };
}

async function beginsWith(path: string, bytes: Buffer): Promise<boolean> {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes.length), 0, bytes.length, 0);
    return bytesRead === bytes.length && buffer.equals(bytes);
  } finally {
    await file.close();
  }
}
