// The golden image example: a real unattended installation, and a machine of the image that proves to be what was installed.
import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { PulumiProject } from "./harness/project";
import { workspace } from "./harness/package";
import { describeEachSite } from "./harness/site";

/** Why no installer can be made here; undefined when it can. */
async function missingTools(): Promise<string | undefined> {
  const hasBusybox = await stat("/bin/busybox").then(
    () => true,
    () => false,
  );
  if (!hasBusybox) return "no installer without busybox: apt-get install busybox-static";
  const { stdout } = await promisify(execFile)("apt-cache", ["depends", "linux-image-cloud-amd64"]).catch(() => ({
    stdout: "",
  }));
  return stdout === "" ? "no installer without Debian's kernel: apt-get update" : undefined;
}

describeEachSite(
  "the golden image example",
  (site) => {
    let project: PulumiProject;
    let missing: string | undefined;

    beforeAll(async () => {
      missing = await missingTools();
      if (missing !== undefined) return;
      const config = { ...site.config, hostname: "answered", message: "nobody touched a key" };
      project = await PulumiProject.create({ program: { example: "golden-image" }, config });
      await promisify(execFile)(join(workspace, "examples/golden-image/make-installer.sh"), ["installer.iso"], {
        cwd: project.dir,
      });
    }, 180_000);
    afterAll(() => project.dispose());

    it("installs, publishes, tries and uses a system that is what its answer file says", async (context) => {
      if (missing !== undefined) context.skip(missing);
      const up = await project.up({ timeoutMs: 300_000 });
      expect(up.code, up.stdout + up.stderr).toBe(0);
      expect(await consoleOf("server")).toContain("tiny-linux is up on answered: nobody touched a key");
      const { fingerprint, version } = await project.outputs();
      const query = `?project=${site.project}`;
      const { target } = await site.cli.query<{ target: string }>(`/1.0/images/aliases/tiny-linux${query}`);
      expect(target).toBe(fingerprint);
      const image = await site.cli.query<{ properties: object }>(`/1.0/images/${target}${query}`);
      expect(image.properties).toMatchObject({ version, os: "tiny-linux", "requirements.secureboot": "false" });
      const [server, ...others] = await site.machines();
      expect(others).toEqual([]);
      expect(server?.config["volatile.base_image"]).toBe(fingerprint);
      expect(Object.values(server?.devices ?? {}).filter((device) => device["source"] !== undefined)).toEqual([]);
    }, 320_000);

    it("has nothing to do then, and takes all of it away in the end", async (context) => {
      if (missing !== undefined) context.skip(missing);
      expect(await project.up({ expectNoChanges: true })).toMatchObject({ code: 0 });
      expect(await project.destroy()).toMatchObject({ code: 0 });
      expect(await site.everything()).toEqual([]);
    }, 120_000);

    /** What the guest says, once it has said something about itself. */
    async function consoleOf(name: string): Promise<string> {
      for (const end = Date.now() + 30_000; ;) {
        const { bytes } = await site.raw.get(`/1.0/instances/${name}/console?project=${site.project}`);
        if (/^tiny-linux is up.*$/m.test(bytes.toString()) || Date.now() > end) return bytes.toString();
        await sleep(200);
      }
    }
  },
  ["incus"],
);
