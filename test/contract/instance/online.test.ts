// Instances: the waits for a guest that is up: its agent, addresses, ports, commands, console and cloud-init.
import { createServer } from "node:net";
import { beforeAll, expect, test } from "vitest";

import { describeInstances } from "./site";

const commands = ["addr add 10.9.8.7/24 dev eth0", "link set eth0 up"];

describeInstances("waiting for a guest that is up", (site) => {
  let image = "";
  beforeAll(async () => {
    image = await site.image();
    if (site.isSimulated) await site.change("POST", "/1.0/networks", { name: "lan", type: "bridge" });
  });
  const container = (waitFor: object[], more: object = {}): Record<string, unknown> => ({
    source: { image },
    rootDisk: { pool: "default" },
    // A simulated network gives addresses; a real guest here gets its own by hand.
    nics: [site.isSimulated ? { network: "lan" } : { nictype: "p2p" }],
    waitFor,
    ...more,
  });
  const giveAddress = async (name: string): Promise<void> => {
    const path = `/1.0/instances/${name}`;
    await expect
      .poll(async () => (await site.find<{ status: string }>(path))?.status, { timeout: 10_000 })
      .toBe("Running");
    if (site.isSimulated) return;
    for (const command of commands) {
      await site.change("POST", `${path}/exec`, { command: ["/bin/busybox", "ip", ...command.split(" ")] });
    }
  };

  test("an IPv4 address, on the interface that is named, is waited for", async () => {
    const machine = site.resource();
    const up = machine.up(container([{ condition: "ipv4", interface: "eth0", timeout: "20s" }]));
    await giveAddress(machine.name);
    expect(await up).toBe("created");
    expect(machine.outputs["ipv4"]).toMatch(/^10\./);
    expect((await site.instance(machine.name)).config["user.pulumi.pending"]).toBeUndefined();
    await machine.destroy();
  });

  test("one that does not come is told with the wait's name, and waited for again", async () => {
    const machine = site.resource();
    const args = container([{ condition: "ipv6", interface: "eth7", timeout: "1s" }], { nics: [{ nictype: "p2p" }] });
    const client = site.daemon.product === "incus" ? "incus" : "lxc";
    await expect(machine.up(args)).rejects.toThrow(
      new RegExp(
        `waiting for ipv6: there is no global IPv6 address on eth7, after 1s; its network interfaces are eth0 with [^]*` +
          `\\[timeout\\][^]*\`${client} console ${machine.name} --project default --show-log\` shows its console`,
      ),
    );
    expect(await site.instance(machine.name)).toMatchObject({
      status: "Running",
      config: { "user.pulumi.pending": "wait" },
    });
    await site.switchOff(machine.name);
    expect(await machine.up({ ...args, waitFor: [{ condition: "agent" }] })).toBe("updated");
    const repaired = await site.instance(machine.name);
    expect(repaired.status).toBe("Running");
    expect(repaired.config["user.pulumi.pending"]).toBeUndefined();
  });

  test("a command is run until it succeeds, and its failure is told", async () => {
    const machine = site.resource();
    await machine.up(container([{ condition: "exec", command: ["/bin/busybox", "true"], timeout: "10s" }]));
    const failing = site.resource();
    const command = site.isSimulated ? ["false"] : ["/bin/busybox", "sh", "-c", "echo no luck; exit 1"];
    const words = site.isSimulated ? "exited with 1" : "exited with 1 and printed: no luck";
    await expect(failing.up(container([{ condition: "exec", command, timeout: "1s" }]))).rejects.toThrow(words);
    await failing.destroy();
    // Incus keeps what commands say in a folder of its own.
    const folder = site.daemon.product === "incus" ? "logs/exec-output" : "logs";
    const logs = (await site.find<string[]>(`/1.0/instances/${machine.name}/${folder}`)) ?? [];
    expect(logs.filter((log) => log.includes("exec_"))).toEqual([]);
  });

  test("cloud-init is waited for until it is there and done, and its error is told", async ({ skip }) => {
    if (site.isSimulated) skip("a simulated guest has no cloud-init");
    const machine = site.resource();
    const args = container([{ condition: "cloud-init", timeout: "1s" }]);
    await expect(machine.up(args)).rejects.toThrow("waiting for cloud-init");
    const say = (status: string, exitCode: number): Promise<unknown> => {
      const header = (name: string): string => site.daemon.header(name);
      const script = `#!/bin/sh\necho "status: ${status}"\necho "detail: module x"\nexit ${exitCode}\n`;
      return site.change("POST", `/1.0/instances/${machine.name}/files?path=/bin/cloud-init`, Buffer.from(script), {
        "Content-Type": "application/octet-stream",
        [header("type")]: "file",
        [header("mode")]: "0755",
      });
    };
    await say("error", 1);
    await expect(machine.up(args)).rejects.toThrow(/cloud-init ends with "error":\nstatus: error\ndetail: module x/);
    await say("done", 0);
    expect(await machine.up(args)).toBe("updated");
  });

  test("a port that nobody listens on is told", async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, () => resolve((server.address() as { port: number }).port));
    });
    server.close();
    const machine = site.resource();
    const up = machine.up(container([{ condition: "port", port, timeout: "500ms" }]));
    const failed = expect(up).rejects.toThrow(
      new RegExp(`waiting for port: (nothing listens on port ${port}|there is no address)`),
    );
    await failed;
    await machine.destroy();
  });

  site.testWithGuest("the console is waited for, then a medium is put away and the guest goes on", async () => {
    const machine = site.resource();
    const args = (pattern: string, timeout: string): Record<string, unknown> => ({
      type: "virtual-machine",
      rootDisk: { pool: "default", size: "64MiB" },
      config: { "limits.memory": "256MiB" },
      firmware: "uefi",
      cdroms: [{ volume: { pool: "default", name: iso }, bootPriority: 10 }],
      waitFor: [{ condition: "console", pattern, timeout }],
    });
    const iso = await site.iso("hang");
    if (site.daemon.product === "lxd") {
      await expect(machine.up(args("answer", "2s"))).rejects.toThrow(/Instance is not container type/);
      return;
    }
    await machine.up(args("^(installer: )?waiting for an answer", "60s"));
    expect((await site.instance(machine.name)).status).toBe("Running");
    await machine.destroy();
  });

  site.testWithSimulation(
    "what was installed is started without its media for the waits after the installation",
    async () => {
      const machine = site.resource();
      await machine.up({
        type: "virtual-machine",
        rootDisk: { pool: "default", size: "64MiB" },
        nics: [{ network: "lan" }],
        cdroms: [
          { volume: { pool: "default", name: await site.iso("power off") }, bootPriority: 10, afterWaits: "eject" },
        ],
        firmware: "uefi",
        waitFor: [
          { condition: "powered-off", timeout: "20s", stableFor: "300ms" },
          { condition: "agent", timeout: "5s" },
          { condition: "ipv4", timeout: "5s" },
        ],
      });
      const made = await site.instance(machine.name);
      expect(made).toMatchObject({ status: "Running", devices: { root: { type: "disk" } } });
      expect(made.devices["cdrom0"]).toBeUndefined();
      expect(machine.outputs["ipv4"]).toMatch(/^10\./);
    },
  );

  test("waits that cannot be are told with their paths", async () => {
    const args = container([
      { condition: "ip" },
      { condition: "port", port: 70000 },
      { condition: "console", pattern: "(" },
      { condition: "exec" },
      { condition: "ipv4", stableFor: "1s" },
    ]);
    const failures = await site.resource().failures(args);
    expect(failures.map((failure) => failure.property).sort()).toEqual([
      "waitFor[0].condition",
      "waitFor[1].port",
      "waitFor[2].pattern",
      "waitFor[3].command",
      "waitFor[4].stableFor",
    ]);
  });
});
