// The example of Windows, as far as it goes without Microsoft's ISO: the answers on their medium, the machine, its keys.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { access, mkdir, readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { PulumiProject } from "./harness/project";
import { describeEachSite } from "./harness/site";
import { Build } from "./vendor-media/build";
import { pressAnyKeyIso } from "./vendor-media/installers";
import { missingSignedIso } from "./vendor-media/signed-iso";

const run = promisify(execFile);

/** The daemon makes the drive with its agent by one of them. */
function missingDriveTool(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const isThere = ["mkisofs", "genisoimage"].some((tool) => folders.some((folder) => existsSync(join(folder, tool))));
  return isThere ? undefined : "no drive with the server's agent: apt-get install genisoimage";
}

describeEachSite(
  "the example of Windows",
  (site) => {
    let project: PulumiProject | undefined;
    let build: Build | undefined;
    let missing: string | undefined;

    beforeAll(async () => {
      missing = (await missingSignedIso()) ?? missingDriveTool();
      if (missing !== undefined) return;
      const media = { windowsIso: "windows.iso", driversIso: "drivers.iso", cpus: "2" };
      const config = { ...site.config, ...media };
      const made = (project = await PulumiProject.create({ program: { example: "windows" }, config }));
      await made.setConfig("adminPassword", "R<&>7", { secret: true });
      await pressAnyKeyIso(join(made.dir, "windows.iso"));
      await site.makeIso(made.dir, "drivers.iso", "drivers");
      build = new Build(site, made);
    }, 120_000);
    afterAll(async () => {
      await build?.stop();
      await project?.dispose();
    }, 60_000);

    it("boots the medium with secure boot, by a key", async (context) => {
      if (missing !== undefined) context.skip(missing);
      expect(await build?.consoleSaying(/Setup begins/, 150_000)).toContain("Setup begins");
    }, 160_000);

    it("has made a machine with what Windows 11 asks for, and drives that it can read", async (context) => {
      if (missing !== undefined) context.skip(missing);
      const { config, devices } = (await build?.builder()) ?? {};
      expect(config).toMatchObject({ "image.os": "Windows", "limits.cpu": "2", "limits.memory": "8GiB" });
      expect(config?.["security.secureboot"]).not.toBe("false");
      expect(devices).toMatchObject({
        root: { path: "/", size: "64GiB" },
        tpm: { type: "tpm" },
        agent: { type: "disk", source: "agent:config" },
        installer: { "boot.priority": "10", "io.bus": "usb" },
        media0: { "io.bus": "usb" },
        media1: { "io.bus": "usb" },
      });
    });

    it("has put the answers on a medium as Windows reads it", async (context) => {
      if (missing !== undefined) context.skip(missing);
      const source = (await build?.builder())?.devices["media1"]?.["source"] ?? "";
      const pool = await site.cli.query<{ config: Record<string, string> }>("/1.0/storage-pools/default");
      const image = join(pool.config["source"] ?? "", "custom", `${site.project}_${source}.iso`, "root.img");
      await access(image).catch(() => context.skip("the daemon's files cannot be read: run as root on its machine"));
      const to = join(project?.dir ?? "", "read-back");
      await mkdir(to);
      // Without Rock Ridge it reads the names that Windows reads: those of Joliet.
      await run("xorriso", ["-read_fs", "norock", "-osirrox", "on", "-indev", image, "-extract", "/", to]);
      const text = (name: string): Promise<string> => readFile(join(to, name), "utf8");
      const setup = await text("autounattend.xml");
      expect(setup).toContain("<Value>Windows 11 Pro</Value>");
      expect(setup).toContain("<Key>VK7JG-NPHTM-C97JM-9MPGT-3V66T</Key>");
      expect(setup + (await text("oobe.xml"))).not.toContain("{{");
      expect(await text("oobe.xml")).toContain("<Password><Value>R&lt;&amp;&gt;7</Value><PlainText>true</PlainText>");
      expect(await text("seal.cmd")).toContain("sysprep.exe /generalize /oobe /shutdown");
    });
  },
  ["incus"],
);
