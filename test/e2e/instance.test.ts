// Instances by the real CLI: installed from a medium that is put away, waited for, changed in place, imported, read.
import { afterAll, beforeAll, expect } from "vitest";
import { at, describeEachDaemon, type TestDaemon, tinyIso, uploadImage } from "../contract/harness";
import { grubIso } from "../contract/instance/guests";
import { missingIsoTools } from "./harness/iso";
import { errorsOf, IsoStack, stepsOf, succeed } from "./iso-volume/stack";

const needs = { needs: ["custom_volume_iso"], missing: missingIsoTools, timeoutMs: 150_000 };

describeEachDaemon({ name: "Instances of a program", on: ["embedded", "incus"] }, (daemon: TestDaemon) => {
  let stack: IsoStack;
  let image = "";
  const machine = (): string => daemon.name("vm");
  const program = (vm: string, rest = ""): string => `
    const iso = new lxd.IsoVolume("${daemon.name("cd")}", { pool: "default", source: { file: "installer.iso" } });
    const vm = new lxd.Instance("${machine()}", {
      type: "virtual-machine", profiles: [], firmware: "uefi",
      cdroms: [{ volume: iso, bootPriority: 10, afterWaits: "eject" }],
      config: { "limits.memory": "256MiB" },
      // Without an MTU of its own the server gives a card of this kind 0, which no machine starts with.
      nics: [{ nictype: "p2p", options: { mtu: 1500 } }],
      waitFor: [{ condition: "powered-off", timeout: "90s", stableFor: "2s" }],
      ${vm}
    });
    ${rest}
  `;
  const small = 'rootDisk: { pool: "default", size: "64MiB" },';
  const instance = async (name: string): Promise<unknown> =>
    (await daemon.raw.get(`/1.0/instances/${name}`)).body.metadata;

  beforeAll(async () => {
    stack = await IsoStack.create(daemon, program(small));
    image = await uploadImage(daemon, "image");
  });
  afterAll(() => stack.dispose());

  daemon.test("an installation ends switched off and without its medium, and is not done again", needs, async () => {
    const iso = daemon.kind === "embedded" ? tinyIso({ bootable: true }) : await grubIso("halt");
    await stack.write("installer.iso", iso);
    await succeed(stack.project.up());
    expect(await instance(machine())).toMatchObject({
      status: "Stopped",
      config: { "security.secureboot": "false" },
      devices: { root: { size: "64MiB" }, eth0: { nictype: "p2p" } },
    });
    expect(at(await instance(machine()), "devices", "cdrom0")).toBeUndefined();
    await succeed(stack.project.up({ expectNoChanges: true }));
    await succeed(stack.project.refresh({ expectNoChanges: true }));
  });

  daemon.test("a new name and a larger disk are updates in place; a smaller one is refused", needs, async () => {
    const name = daemon.name("renamed");
    const uuid = at(await instance(machine()), "config", "volatile.uuid");
    await stack.setBody(program(`name: "${name}", rootDisk: { pool: "default", size: "96MiB" },`));
    expect(stepsOf(await succeed(stack.project.up()))).toEqual([`update ${machine()}`]);
    expect(await instance(name)).toMatchObject({ devices: { root: { size: "96MiB" } } });
    expect(at(await instance(name), "config", "volatile.uuid")).toBe(uuid);

    await stack.setBody(program(`name: "${name}", ${small}`));
    const refused = await stack.project.preview();
    expect(refused.code).not.toBe(0);
    expect(errorsOf(refused)).toMatch(/rootDisk\.size.*cannot shrink: its size is 96MiB/s);
    expect(await instance(name)).toMatchObject({ devices: { root: { size: "96MiB" } } });
  });

  daemon.test("a container is waited for, imported ones are compared, others' are read", needs, async () => {
    const [web, old] = [daemon.name("web"), daemon.name("old")];
    await daemon.settle(
      daemon.raw.post("/1.0/instances", {
        name: old,
        type: "container",
        source: { type: "image", fingerprint: image },
        config: { "user.by": "hand" },
        devices: { root: { type: "disk", path: "/", pool: "default" } },
      }),
    );
    const rest = (by: string): string => `
      new lxd.Instance("${web}", {
        source: { image: "${image}" }, rootDisk: { pool: "default" },
        waitFor: [{ condition: "exec", command: ["/bin/busybox", "true"], timeout: "20s" }],
      });
      new lxd.Instance("${old}", {
        rootDisk: { pool: "default" }, config: { "user.by": "${by}" }, running: false,
      }, { import: "default/${old}" });
      exports.seen = lxd.Instance.get("seen", "default/${old}").baseImage;
    `;
    const vm = `name: "${daemon.name("renamed")}", rootDisk: { pool: "default", size: "96MiB" },`;
    await stack.setBody(program(vm, rest("program")));
    const differs = 'config["user.by"]: import: is "program" in the program and "hand" on the daemon';
    expect(errorsOf(await stack.project.preview())).toContain(differs);

    await stack.setBody(program(vm, rest("hand")));
    await succeed(stack.project.up());
    expect(await instance(web)).toMatchObject({ status: "Running", config: { "volatile.base_image": image } });
    expect(await stack.project.outputs()).toEqual({ seen: image });
    await succeed(stack.project.up({ expectNoChanges: true }));
  });

  daemon.test("all that the program made goes with it", needs, async () => {
    await succeed(stack.project.destroy());
    const { body } = await daemon.raw.get("/1.0/instances?recursion=1");
    const names = (body.metadata as { name: string }[]).map(({ name }) => name);
    expect(names.filter((name) => name.startsWith(daemon.prefix))).toEqual([]);
  });
});
