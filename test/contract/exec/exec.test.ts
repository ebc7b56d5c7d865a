// Commands in guests: when they run, what is kept of them, and how they fail.
import { beforeAll, describe, expect, test } from "vitest";

import { StackResource, unknown } from "../harness/stack";
import { describeInstances, type RawInstance } from "../instance/site";

describeInstances("Exec", (site) => {
  let instance = "";
  let image = "";
  beforeAll(async () => {
    const machine = site.resource();
    image = await site.image();
    await machine.up({ source: { image }, rootDisk: { pool: "default" } });
    instance = machine.name;
  });
  const resource = (): StackResource => new StackResource("Exec", site.name(), site.daemon.socket);
  const sh = (script: string, more: object = {}): Record<string, unknown> => ({
    instance,
    command: ["/bin/sh", "-c", script],
    ...more,
  });
  const fileIn = async (path: string): Promise<string | undefined> => {
    const reply = await site.daemon.raw.get(`/1.0/instances/${instance}/files?path=${path}`);
    return reply.status === 200 ? reply.bytes.toString() : undefined;
  };

  test("runs once, and again when what it depends on changes", async () => {
    const exec = resource();
    const args = sh('echo "$WORD" >> /tmp/once; echo ran; echo oops >&2', {
      environment: { WORD: 1 },
      triggers: ["a"],
    });
    expect(await exec.up(args)).toBe("created");
    expect(exec.outputs).toMatchObject({ stdout: "ran\n", stderr: "oops\n", exitCode: 0 });
    expect(await exec.up(args)).toBe("same");
    expect(await fileIn("/tmp/once")).toBe("1\n");
    expect(await exec.up({ ...args, triggers: ["b"] })).toBe("updated");
    expect(await exec.up({ ...args, triggers: ["b"], environment: { WORD: 2 } })).toBe("updated");
    expect(await fileIn("/tmp/once")).toBe("1\n1\n2\n");
    // What it is told for later does not run it.
    const later = {
      ...args,
      triggers: ["b"],
      environment: { WORD: 2 },
      timeout: "1m",
      onDelete: ["/bin/busybox", "rm", "/tmp/once"],
    };
    expect(await exec.up(later)).toBe("updated");
    expect(await fileIn("/tmp/once")).toBe("1\n1\n2\n");
    expect(exec.outputs).toMatchObject({ stdout: "ran\n", exitCode: 0 });
    await exec.destroy();
    expect(await fileIn("/tmp/once")).toBeUndefined();
  });

  test("is heard to its end, however short it is", async () => {
    const exec = resource();
    for (const word of "abcdefghijklmnopqrst") {
      await exec.up(sh(`echo ${word}`));
      expect(exec.outputs).toMatchObject({ stdout: `${word}\n`, exitCode: 0 });
    }
  });

  test("that fails is an error with its last lines, and runs again the next time", async () => {
    const exec = resource();
    const failing = sh("echo begun; echo no luck >&2; exit 3");
    await expect(exec.up(failing)).rejects.toThrow(/run \/bin\/sh in instance [^]*exited with 3[^]*begun[^]*no luck/);
    expect(exec.id).toBeUndefined();
    expect(await exec.up(sh("echo fine"))).toBe("created");
    await expect(exec.up(failing)).rejects.toThrow("exited with 3");
    expect(await exec.up(sh("echo better"))).toBe("updated");
    expect(exec.outputs).toMatchObject({ stdout: "better\n" });
    await exec.destroy();
  });

  test("that takes too long is killed", async () => {
    const slow = sh("echo begun; /bin/busybox sleep 60", { timeout: "1s" });
    await expect(resource().up(slow)).rejects.toThrow(/did not finish within 1 s and was killed[^]*\[timeout\]/);
  });

  test("runs as another user in another folder", async () => {
    const exec = resource();
    await exec.up(sh("/bin/busybox id -u; /bin/busybox pwd", { user: 1000, group: 1000, cwd: "/tmp" }));
    expect(exec.outputs["stdout"]).toBe("1000\n/tmp\n");
  });

  test("is told which machine is missing or off", async () => {
    const nowhere = { instance: site.daemon.name("nowhere"), command: ["true"] };
    await expect(resource().up(nowhere)).rejects.toThrow(/there is no instance "[^]*\[not-found\]/);
    const off = site.resource();
    await off.up({ source: { image }, rootDisk: { pool: "default" }, running: false });
    await expect(resource().up({ instance: off.name, command: ["true"] })).rejects.toThrow("the machine is Stopped");
    await off.destroy();
  });

  test("is gone when its machine is", async () => {
    const machine = site.resource();
    await machine.up({ source: { image }, rootDisk: { pool: "default" } });
    const exec = resource();
    await exec.up({ instance: machine.name, command: ["/bin/busybox", "true"], onDelete: ["/bin/busybox", "false"] });
    expect(await exec.refresh()).toBe(true);
    await machine.destroy();
    await exec.destroy();
    const other = resource();
    Object.assign(other, { id: "x", outputs: { ...exec.outputs } });
    expect(await other.refresh()).toBe(false);
  });

  describe("as it is written in the program", () => {
    test("is checked, with values that are not known yet", async () => {
      expect(await resource().failures({ instance: unknown, __instance: unknown, command: unknown })).toEqual([]);
      const failures = await resource().failures({ instance, command: [], timeout: "soon", user: -1, comand: 1 });
      expect(failures.map((failure) => failure.property).sort()).toEqual(["comand", "command", "timeout", "user"]);
    });

    test("runs again on another machine of the same name, and not after a rename", async () => {
      const exec = resource();
      const { body } = await site.daemon.raw.get(`/1.0/instances/${instance}`);
      const { created_at: time, config } = body.metadata as RawInstance & { created_at: string };
      const identity = `${config["volatile.uuid"] ?? ""}@${time}`;
      await exec.up(sh("true", { __instance: identity }));
      const again = (more: object): ReturnType<StackResource["preview"]> => exec.preview({ ...sh("true"), ...more });
      expect((await again({ __instance: "another@2026-02-02T00:00:00Z" })).replaces).not.toEqual([]);
      expect((await again({ __instance: identity, instance: "renamed" })).replaces).toEqual([]);
      // A move to another pool gives it another time, and leaves it its UUID.
      expect((await again({ __instance: identity.replace(/@.*/, "@2026-02-02T00:00:00Z") })).replaces).toEqual([]);
      // Of a machine that changes in place it is known which it is.
      expect((await again({ __instance: unknown })).replaces).not.toEqual([]);
      expect((await again({ __instance: identity })).changes).toBe(false);
    });
  });
});
