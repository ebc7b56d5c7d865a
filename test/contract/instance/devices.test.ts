// Instances: devices, firmware and cloud-init data in their short forms, in each server's own words, and back.
import { beforeAll, expect, test } from "vitest";

import { describeInstances } from "./site";

describeInstances("typed inputs of an instance", (site) => {
  let image = "";
  beforeAll(async () => {
    image = await site.image();
  });
  const vm = (more: object = {}): Record<string, unknown> => ({
    type: "virtual-machine",
    rootDisk: { pool: "default", size: "64MiB" },
    config: { "limits.memory": "256MiB" },
    running: false,
    ...more,
  });

  test("network cards and disks are the server's devices", async () => {
    const machine = site.resource();
    const args = vm({
      nics: [
        { nictype: "p2p", mac: "00:16:3e:12:34:56", options: { mtu: 1400 } },
        { nictype: "p2p", name: "lan" },
      ],
      disks: [{ hostPath: "/usr", path: "usr", readOnly: true }],
    });
    await machine.up(args);
    expect((await site.instance(machine.name)).devices).toEqual({
      root: { type: "disk", path: "/", pool: "default", size: "64MiB" },
      eth0: { type: "nic", nictype: "p2p", hwaddr: "00:16:3e:12:34:56", mtu: "1400" },
      lan: { type: "nic", nictype: "p2p" },
      disk0: { type: "disk", source: "/usr", path: "usr", readonly: "true" },
    });
    await machine.refresh();
    expect(await machine.up(args)).toBe("same");
    expect(machine.outputs["macs"]).toMatchObject({ eth0: "00:16:3e:12:34:56" });
  });

  test("one that was changed or taken out by hand is drift that the next up puts right", async () => {
    const machine = site.resource();
    const args = vm({ nics: [{ nictype: "p2p" }, { nictype: "p2p" }], tpm: true });
    await machine.up(args);
    const { devices, ...rest } = await site.instance(machine.name);
    expect(devices["tpm"]).toEqual({ type: "tpm" });
    const byHand = { root: devices["root"] ?? {}, eth0: { ...devices["eth0"], mtu: "1300" } };
    await site.change("PUT", `/1.0/instances/${machine.name}`, { ...rest, devices: byHand });
    await machine.refresh();
    expect(machine.inputs["nics"]).toBeUndefined();
    // An empty list and no TPM are the defaults, which the state omits.
    expect([machine.outputs["nics"], machine.outputs["tpm"]]).toEqual([undefined, undefined]);
    expect(machine.outputs).toMatchObject({ devices: { eth0: { mtu: "1300" } } });
    expect(await machine.up(args)).toBe("updated");
    expect((await site.instance(machine.name)).devices).toEqual(devices);
  });

  test("a custom volume is a disk", async () => {
    const [machine, volume] = [site.resource(), site.name()];
    const volumes = "/1.0/storage-pools/default/volumes/custom";
    await site.change("POST", volumes, { name: volume, config: { size: "1MiB" }, content_type: "block" });
    await machine.up(vm({ disks: [{ volume, pool: "default", bootPriority: 3 }] }));
    expect((await site.instance(machine.name)).devices["disk0"]).toEqual({
      type: "disk",
      pool: "default",
      source: volume,
      "boot.priority": "3",
    });
    await machine.destroy();
  });

  test("firmware is what this server calls it, and is read back", async () => {
    const machine = site.resource();
    const hasBootMode = site.daemon.has("instance_boot_mode");
    await machine.up(vm({ firmware: "uefi" }));
    expect((await site.instance(machine.name)).config).toMatchObject(
      hasBootMode ? { "boot.mode": "uefi-nosecureboot" } : { "security.secureboot": "false" },
    );
    await machine.refresh();
    expect(await machine.up(vm({ firmware: "uefi" }))).toBe("same");
    await machine.up(vm({ firmware: "uefi-secureboot" }));
    expect((await site.instance(machine.name)).config).toMatchObject(
      hasBootMode ? { "boot.mode": "uefi-secureboot" } : { "security.secureboot": "true" },
    );
    const { config, ...rest } = await site.instance(machine.name);
    if (hasBootMode) return;
    await site.change("PUT", `/1.0/instances/${machine.name}`, {
      ...rest,
      config: { ...config, "security.secureboot": "no" },
    });
    await machine.refresh();
    expect(machine.inputs["firmware"]).toBe("uefi");
  });

  test("a firmware key that this server does not know is told in the preview, with what every server knows", async () => {
    const hasBootMode = site.daemon.has("instance_boot_mode");
    const foreign = async (config: object): Promise<unknown> =>
      (await site.resource().failures(vm({ config }))).map(({ property, reason }) => [property, reason]);
    const says = (key: string, firmware: string): unknown => [
      `config["${key}"]`,
      expect.stringMatching(
        `^(LXD|Incus) .* does not know ${key}; write firmware: "${firmware}", which works on every server `,
      ),
    ];
    const old = { "security.csm": "true", "security.secureboot": "false" };
    expect(await foreign(old)).toEqual(hasBootMode ? Object.keys(old).map((key) => says(key, "bios")) : []);
    const modes = { "uefi-nosecureboot": "uefi", "uefi-secureboot": "uefi-secureboot", bios: "bios" };
    for (const [mode, firmware] of Object.entries(modes)) {
      expect(await foreign({ "boot.mode": mode })).toEqual(hasBootMode ? [] : [says("boot.mode", firmware)]);
    }
  });

  test("a BIOS is had, or refused in the preview", async () => {
    const machine = site.resource();
    const args = vm({ firmware: "bios" });
    if (site.daemon.has("security_csm")) {
      await machine.up(args);
      const made = await site.instance(machine.name);
      expect(made.config).toMatchObject(
        site.daemon.has("instance_boot_mode")
          ? { "boot.mode": "bios" }
          : { "security.csm": "true", "security.secureboot": "false" },
      );
      await machine.refresh();
      expect(await machine.up(args)).toBe("same");
      return;
    }
    const [failure] = await machine.failures(args);
    expect(failure).toMatchObject({ property: "firmware" });
    expect(failure?.reason).toMatch(/has no BIOS \(API extension security_csm\)/);
  });

  test("cloud-init data are set, changed and taken away in place", async () => {
    const machine = site.resource();
    const args = (cloudInit?: object): Record<string, unknown> => ({
      source: { image },
      rootDisk: { pool: "default" },
      running: false,
      cloudInit,
    });
    const userData = "#cloud-config\nhostname: one\n";
    await machine.up(args({ userData, networkConfig: "version: 2\n" }));
    expect((await site.instance(machine.name)).config).toMatchObject({
      "cloud-init.user-data": userData,
      "cloud-init.network-config": "version: 2\n",
    });
    expect(machine.outputs["config"]).toEqual({});
    await machine.refresh();
    expect(await machine.up(args({ userData, networkConfig: "version: 2\n" }))).toBe("same");
    await machine.up(args({ userData: "#cloud-config\nhostname: two\n" }));
    const changed = (await site.instance(machine.name)).config;
    expect(changed["cloud-init.user-data"]).toContain("two");
    expect(changed["cloud-init.network-config"]).toBeUndefined();
    await machine.up(args());
    expect((await site.instance(machine.name)).config["cloud-init.user-data"]).toBeUndefined();
  });

  test("what is said twice, or is not for containers, is told", async () => {
    const properties = async (args: object): Promise<string[]> =>
      (await site.resource().failures(args as Record<string, unknown>)).map((failure) => failure.property);
    expect(
      await properties(
        vm({
          firmware: "uefi",
          cloudInit: { userData: "x" },
          config: { "security.secureboot": false, "cloud-init.user-data": "y" },
          nics: [{ nictype: "p2p", name: "net" }],
          disks: [
            { hostPath: "/usr", name: "net" },
            { hostPath: "/usr", volume: "v" },
          ],
        }),
      ),
    ).toEqual(
      expect.arrayContaining([
        'config["security.secureboot"]',
        'config["cloud-init.user-data"]',
        "disks[0].name",
        "disks[1]",
      ]),
    );
    const container = { source: { image }, rootDisk: { pool: "default" }, tpm: true, firmware: "uefi" };
    expect(await properties(container)).toEqual(expect.arrayContaining(["tpm", "firmware"]));
  });

  test("the addresses of a running container are outputs, and no change", async () => {
    const machine = site.resource();
    const args = { source: { image }, rootDisk: { pool: "default" }, nics: [{ nictype: "p2p" }] };
    await machine.up(args);
    expect(machine.outputs).toMatchObject({ baseImage: image, macs: { eth0: expect.any(String) as string } });
    // Null stands for what is absent, so that previews know it.
    expect(machine.outputs).toMatchObject({ ipv4: null, ipv6: null });
    if (site.isSimulated) return;
    const config = (await site.instance(machine.name)).config;
    expect(machine.outputs["macs"]).toEqual({ eth0: config["volatile.eth0.hwaddr"] });
    for (const command of ["addr add 10.9.8.7/24 dev eth0", "link set eth0 up"]) {
      await site.change("POST", `/1.0/instances/${machine.name}/exec`, {
        command: ["/bin/busybox", "ip", ...command.split(" ")],
        "wait-for-websocket": false,
        "record-output": false,
      });
    }
    await machine.refresh();
    expect(machine.outputs).toMatchObject({ ipv4: "10.9.8.7", addresses: { eth0: { ipv4: ["10.9.8.7"] } } });
    expect(await machine.up(args)).toBe("same");
  });
});
