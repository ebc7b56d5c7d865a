// Golden images by the real CLI: the component and its version, what previews say, and a run that is killed in the middle.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Step } from "./harness/events";
import { PulumiProject } from "./harness/project";
import { describeEachSite } from "./harness/site";

interface Choice {
  memory: string;
  alias: string;
}

const program = ({ memory, alias }: Choice): string => `
const lxd = require("pulumi-lxd");
const installer = new lxd.IsoVolume("installer", { pool: "default", source: { file: "./installer.iso" } });
const golden = new lxd.GoldenImage("golden", {
  iso: installer,
  machine: { memory: "${memory}", rootDisk: { pool: "default", size: "64MiB" }, firmware: "uefi" },
  install: { timeout: "2m", stableFor: "300ms" },
  verify: { waitFor: [{ condition: "console", pattern: "system: up" }], timeout: "1m" },
  image: { aliases: ["${alias}"] },
});
exports.fingerprint = golden.fingerprint;
exports.version = golden.version;
`;

const changes = (steps: readonly Step[]): string[] =>
  steps.filter(({ op }) => op !== "same").map(({ op, type, name }) => `${op} ${type.split(":").at(-1) ?? ""} ${name}`);

describeEachSite(
  "golden images",
  (site) => {
    let project: PulumiProject;
    const first = { memory: "256MiB", alias: "golden" };
    const targetOf = async (alias: string): Promise<string | undefined> => {
      const { body } = await site.raw.get(`/1.0/images/aliases/${alias}?project=${site.project}`);
      return (body.metadata as { target?: string } | null)?.target;
    };

    beforeAll(async () => {
      project = await PulumiProject.create({ program: program(first), config: site.config });
      await site.makeIso(project.dir, "installer.iso", "the first medium");
    }, 120_000);
    afterAll(() => project.dispose());

    it("go on after the engine was killed in the middle of the installation", async () => {
      const run = project.startUp();
      while ((await site.machines())[0]?.status !== "Running") await sleep(20);
      const builder = (await site.machines())[0];
      await run.kill();
      await project.cancel();
      const up = await project.up();
      expect(up.code, up.stdout + up.stderr).toBe(0);
      expect(builder?.name).toBe(`golden-${String((await project.outputs())["version"])}`);
      expect(await site.machines()).toEqual([]);
      expect(await targetOf("golden")).toBe((await project.outputs())["fingerprint"]);
    }, 120_000);

    it("say in the preview what makes a new version, and that an alias does not", async () => {
      const before = await project.outputs();
      await project.setProgram(program({ ...first, alias: "golden-2" }));
      expect(changes((await project.preview()).steps)).toEqual(["update GoldenBuild golden"]);
      expect((await project.up()).code).toBe(0);
      expect(await project.outputs()).toEqual(before);
      expect(await targetOf("golden-2")).toBe(before["fingerprint"]);
      expect(await targetOf("golden")).toBeUndefined();

      await site.makeIso(project.dir, "installer.iso", "the second medium");
      const replaced = (await project.preview()).steps.filter(({ op }) => op === "replace");
      const reasons = Object.fromEntries(
        replaced.map(({ type, replaces }) => [type.split(":").at(-1) ?? "", replaces]),
      );
      expect(reasons).toMatchObject({ RandomId: ["keepers"], GoldenBuild: ["iso"] });
      const id: Step | undefined = replaced.find(({ type }) => type.endsWith("RandomId"));
      const keepersOf = (state: Step["old"]): Record<string, string> =>
        (state?.inputs["keepers"] ?? {}) as Record<string, string>;
      const [old, now] = [keepersOf(id?.old), keepersOf(id?.new)];
      const names = Object.keys(now).filter((key) => old[key] !== now[key]);
      expect(names).toEqual(["iso"]);
      expect((await project.up()).code).toBe(0);
      const after = await project.outputs();
      expect(after["version"]).not.toBe(before["version"]);
      expect(await targetOf("golden-2")).toBe(after["fingerprint"]);
      // The version before is kept.
      expect(await site.everything()).toContain(`/1.0/images/${String(before["fingerprint"])}?project=${site.project}`);
    }, 120_000);

    it("have all their versions after --replace, in that run and in the next one", async () => {
      const before = await site.everything();
      expect(before.filter((path) => path.startsWith("/1.0/images/"))).toHaveLength(2);
      const urn = "urn:pulumi:test::e2e::lxd:index:GoldenImage$pulumi-nodejs:dynamic/lxd:GoldenBuild::golden";
      const up = await project.up({ args: ["--replace", urn] });
      expect(up.code, up.stdout + up.stderr).toBe(0);
      expect(up.stdout).toContain("the live state of a resource holds the same object");
      expect(await site.everything()).toEqual(before);
      expect(changes((await project.preview()).steps)).toEqual([]);
      expect((await project.up()).code).toBe(0);
      expect(await site.everything()).toEqual(before);
    }, 120_000);

    it("leave nothing behind", async () => {
      expect(await project.destroy()).toMatchObject({ code: 0 });
      expect(await site.everything()).toEqual([]);
    }, 60_000);
  },
  ["embedded"],
);
