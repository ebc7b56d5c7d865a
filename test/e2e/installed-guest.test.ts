// A machine from its installation to its snapshots, by the real CLI on real Incus, told by the guest that runs in it.
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { at, describeEachDaemon, type TestDaemon } from "../contract/harness";
import { linuxIso, missingLinux } from "./guest/linux-guest";
import { consoleOf, told } from "./guest/told";
import { errorsOf, IsoStack, stepsOf, succeed } from "./iso-volume/stack";

/** Installs the boot medium itself, which boots from a disk too. */
const installer = `
echo "press a key to install"
read -rsn1 key
for medium in /dev/sr*; do
  mount -t iso9660 -o ro $medium /mnt
  if [ -d /mnt/boot ]; then cat $medium >/dev/sda; fi
  umount /mnt
done
sync
for second in 1 2 3; do echo "installed, as told by $key"; sleep 1; done
poweroff -f`;

interface Variant {
  name?: string;
  size?: string;
  memory?: string;
  tools?: string;
  inDrive?: boolean;
  allowRestart?: boolean;
  /** Takes a snapshot, and goes back to it for another number. */
  restore?: number;
}

describeEachDaemon({ name: "A machine that was installed", on: ["incus"] }, (daemon: TestDaemon) => {
  let stack: IsoStack;
  let noGuest: string | undefined;
  const guest = { needs: ["custom_volume_iso"], missing: () => noGuest, timeoutMs: 300_000 };
  const [vm, renamed] = [daemon.name("vm"), daemon.name("renamed")];

  const program = (variant: Variant): string => {
    const { name = vm, size = "72MiB", memory = "320MiB", inDrive = true, allowRestart = false, restore } = variant;
    return `
      const iso = (name, source) => new lxd.IsoVolume("${daemon.prefix}" + name, { pool: "default", source });
      const boot = iso("boot", { file: "boot.iso" });
      const seed = iso("seed", { label: "SEED", files: { "run.sh": ${JSON.stringify(installer)} } });
      const tools = iso("tools", { label: "TOOLS", files: { "version.txt": "${variant.tools ?? "one"}" } });
      const vm = new lxd.Instance("${vm}", {
        type: "virtual-machine", profiles: [], name: "${name}", running: true, allowRestart: ${allowRestart},
        rootDisk: { pool: "default", size: "${size}" },
        cdroms: [
          { volume: boot, bootPriority: 10, afterWaits: "unprioritize" },
          { volume: seed, afterWaits: "eject" },
          { volume: tools, attached: ${inDrive} },
        ],
        config: { "security.secureboot": false, "limits.memory": "${memory}" },
        bootCommand: [{ waitFor: "press a key to install", timeout: "2m" }, { type: "y" }],
        waitFor: [
          { condition: "console", pattern: "^installed, as told by y$", timeout: "2m" },
          { condition: "powered-off", timeout: "1m", stableFor: "1s" },
          { condition: "console", pattern: "^boot=", timeout: "2m" },
        ],
      });
      ${restore === undefined ? "" : `new lxd.InstanceSnapshot("${daemon.name("s")}", { instance: vm, restore: ${restore} });`}
    `;
  };
  const up = async (variant: Variant): Promise<string[]> => {
    await stack.setBody(program(variant));
    return stepsOf(await succeed(stack.project.up()));
  };
  const machine = async (name: string): Promise<unknown> =>
    (await daemon.raw.get(`/1.0/instances/${name}`)).body.metadata;

  beforeAll(async () => {
    noGuest = await missingLinux();
    stack = await IsoStack.create(daemon, program({}));
    if (noGuest === undefined) await linuxIso(join(stack.project.dir, "boot.iso"));
  }, 120_000);
  afterAll(() => stack.dispose());

  daemon.test(
    "was begun by a key on its console, and boots its own disk though the medium is still there",
    guest,
    async () => {
      await up({});
      expect(at(await machine(vm), "status")).toBe("Running");
      expect(at(await machine(vm), "devices", "cdrom0")).not.toHaveProperty(["boot.priority"]);
      expect(await stack.sourceOf(vm, "cdrom0")).toContain(daemon.name("boot"));
      expect(await stack.sourceOf(vm, "cdrom1")).toBeUndefined();
      const said = await consoleOf(daemon, vm);
      expect(said).toMatch(/BdsDxe: starting \S+ "UEFI QEMU QEMU HARDDISK/);
      expect(said).not.toContain("press a key");
      expect(await told(daemon, vm)).toMatchObject({ diskMiB: 72, presses: 0, media: ["TOOLS/version.txt: one"] });
    },
  );

  daemon.test("reads another medium, none, and one again, and runs on", guest, async () => {
    const { boot } = await told(daemon, vm);
    expect(await up({ tools: "two" })).toContain(`update ${vm}`);
    expect((await told(daemon, vm, ({ media }) => media.join().includes("two"))).media).toHaveLength(1);
    await up({ tools: "two", inDrive: false });
    await told(daemon, vm, ({ media }) => media.length === 0);
    expect(await up({ tools: "two", restore: 1 })).toEqual([`update ${vm}`, `create ${daemon.name("s")}`]);
    const { boot: after, media } = await told(daemon, vm, (now) => now.media.length > 0);
    expect([after, media]).toEqual([boot, ["TOOLS/version.txt: two"]]);
  });

  daemon.test(
    "is refused in the preview what it must be off for, or cannot have, by the names of the fields",
    guest,
    async () => {
      await stack.setBody(program({ tools: "two", restore: 1, name: renamed, size: "64MiB", memory: "384MiB" }));
      const preview = await stack.project.preview();
      expect(preview.code).not.toBe(0);
      const problems = [...errorsOf(preview).matchAll(/has a problem: (\S+): (.*)/g)];
      expect(problems.map(([, property, reason]) => [property, /allowRestart|shrink/.exec(reason ?? "")?.[0]])).toEqual(
        [
          ["name", "allowRestart"],
          ["rootDisk.size", "shrink"],
          [`config["limits.memory"]`, "allowRestart"],
        ],
      );
    },
  );

  daemon.test(
    "is shut down by its power button for that, with consent, and has it when it is up again",
    guest,
    async () => {
      const { boot, memoryMiB } = await told(daemon, vm);
      const larger = { name: renamed, size: "80MiB", memory: "384MiB", allowRestart: true };
      await up({ tools: "two", restore: 1, ...larger });
      const now = await told(daemon, renamed);
      expect(now).toMatchObject({ presses: 1, diskMiB: 80, media: ["TOOLS/version.txt: two"] });
      expect(now.memoryMiB).toBeGreaterThan(memoryMiB + 32);
      expect(now.boot).not.toBe(boot);
      expect((await daemon.raw.get(`/1.0/instances/${vm}`)).status).toBe(404);
      expect(at(await machine(renamed), "devices", "cdrom0")).not.toHaveProperty(["boot.priority"]);
    },
  );

  daemon.test("goes back to its snapshot under its new name, and goes with its stack", guest, async () => {
    const larger = { name: renamed, size: "80MiB", memory: "384MiB", allowRestart: true };
    expect(await up({ tools: "two", restore: 2, ...larger })).toEqual([`update ${daemon.name("s")}`]);
    // The disk of then: before the power button was pressed, and before it grew.
    expect(await told(daemon, renamed)).toMatchObject({ presses: 0, diskMiB: 72 });
    await succeed(stack.project.destroy());
    expect([(await daemon.raw.get(`/1.0/instances/${renamed}`)).status, await stack.volumes()]).toEqual([404, []]);
  });
});
