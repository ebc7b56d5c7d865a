// Golden images that are provided with things after the installation: files, commands, sealing, and what fails of it.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { SlowSocket } from "../../e2e/harness/slow-socket";
import { StackResource } from "../harness/stack";
import { describeGoldenImages, type Golden } from "./site";

describeGoldenImages("provisioned golden images", (site) => {
  const tail = async (golden: Golden): Promise<unknown> => [await golden.machines(), await golden.versions()];

  site.testWithSimulation("have their files written, and their commands run and sealed, in order", async () => {
    const golden = await site.golden();
    const provision = [
      { files: { "/etc/golden/motd": { text: "hello" } } },
      { exec: ["cat", "/etc/golden/motd"] },
      { exec: ["sh", "-c", "echo more >> /etc/golden/motd"] },
    ];
    const args = golden.args({ provision, seal: [{ exec: ["rm", "/etc/golden/motd"] }] });
    await golden.resource.up(args);
    expect(await tail(golden)).toEqual([[], [golden.version]]);
    expect(await golden.resource.up(args)).toBe("same");
    const changed = { ...args, seal: [{ exec: ["rm", "-f", "/etc/golden/motd"] }] };
    expect(await golden.resource.preview(changed)).toMatchObject({ replaces: ["seal"] });
  });

  site.testWithSimulation("take empty files, of each kind", async () => {
    const dir = await mkdtemp(join(tmpdir(), "golden-empty-"));
    try {
      await writeFile(join(dir, "empty"), "");
      const golden = await site.golden();
      const files = { "/a": { file: join(dir, "empty") }, "/b": { text: "" }, "/c": { base64: "" } };
      const areThere = { exec: ["sh", "-c", "cat /a && cat /b && cat /c"] };
      await golden.resource.up(golden.args({ provision: [{ files }, areThere] }));
      expect(await tail(golden)).toEqual([[], [golden.version]]);
    } finally {
      await rm(dir, { recursive: true });
    }
  });

  site.testWithSimulation("name the step that fails, and go on with it", async () => {
    const golden = await site.golden();
    const provision = [{ files: { "/etc/motd": { text: "hello" } } }, { exec: ["cat", "/nosuch"] }];
    await expect(golden.resource.up(golden.args({ provision }))).rejects.toThrow(
      /phase provision: the command cat \/nosuch exited with 1; it printed:[^]*can't open '\/nosuch'/,
    );
    expect(await golden.machines()).toEqual([golden.builderName()]);
    expect((await site.instance(golden.builderName())).config["user.pulumi.steps"]).toBe("1");
    // Another command is another image, and begins with a new machine.
    await golden.resource.up(golden.next({ provision: provision.slice(0, 1) }));
    expect(await tail(golden)).toEqual([[], [golden.version]]);
  });

  site.testWithSimulation("go on with the step at which they were killed", async () => {
    const golden = await site.golden();
    const provision = ["/one", "/two"].map((path) => ({ files: { [path]: { text: path } } }));
    const args = golden.args({ provision });
    const slow = new SlowSocket(site.daemon.socket);
    await slow.start();
    const killed = new StackResource("GoldenBuild", golden.name, slow.socket);
    const path = `/1.0/instances/${golden.builderName()}/files`;
    let writes = 0;
    const reached = slow.hold((line) => line === `POST ${path}` && ++writes === 2);
    void killed.up(args).catch(() => undefined);
    await reached;
    await slow.stop();
    expect((await site.instance(golden.builderName())).config["user.pulumi.steps"]).toBe("1");
    await golden.resource.up(args);
    expect(await tail(golden)).toEqual([[], [golden.version]]);
  });

  site.testWithSimulation("are built anew when the bytes of a local file change", async () => {
    const dir = await mkdtemp(join(tmpdir(), "golden-files-"));
    try {
      const file = join(dir, "motd");
      await writeFile(file, "one");
      const golden = await site.golden();
      const plain = { provision: [{ files: { "/etc/motd": { file } } }] };
      await golden.resource.up(golden.args(plain));
      expect(await golden.resource.up(golden.args(plain))).toBe("same");
      await writeFile(file, "another");
      expect(await golden.resource.preview(golden.args(plain))).toMatchObject({ replaces: ["provision"] });
      await rm(file);
      expect(await golden.resource.failures(golden.args(plain))).toMatchObject([
        { property: expect.stringContaining('provision[0].files["/etc/motd"]') as string },
      ]);
    } finally {
      await rm(dir, { recursive: true });
    }
  });
});
