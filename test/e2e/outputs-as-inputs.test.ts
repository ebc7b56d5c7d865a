// Sources, files, cdroms and media that are outputs, by the real CLI: unknown in the first preview, and no change later.
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { asForUsers, PulumiProject } from "./harness/project";
import { describeEachSite } from "./harness/site";

const prelude = `
const pulumi = require("@pulumi/pulumi");
const lxd = require("pulumi-lxd");
const pool = "default";
`;

const program = `${prelude}
const blank = { type: "virtual-machine", running: false, rootDisk: { pool } };
const seed = new lxd.Instance("seed", blank);
const later = (value) => seed.createdAt.apply(() => value);

const installer = new lxd.IsoVolume("installer", { pool, source: later({ file: "installer.iso" }) });
const answers = new lxd.IsoVolume("answers", { pool, source: { label: "A", files: later({ "a.txt": "a" }) } });
const copy = new lxd.IsoVolume("copy", { pool, source: { volume: later(answers) } });
new lxd.Instance("list", { ...blank, cdroms: later([{ volume: installer }, { volume: answers }]) });
new lxd.Instance("item", { ...blank, cdroms: [later({ volume: copy })] });
const volume = new lxd.Instance("volume", { ...blank, cdroms: [{ volume: later(answers) }] });
const none = { description: later(undefined), target: pulumi.secret(undefined), cdroms: later(undefined) };
new lxd.Instance("absent", { ...blank, ...none, remote: later(undefined) });
const golden = new lxd.GoldenImage("golden", {
  iso: later(installer),
  media: later([answers]),
  machine: { memory: "256MiB", rootDisk: { pool, size: "64MiB" }, firmware: "uefi" },
  install: { stableFor: "300ms" },
});
exports.volumes = { installer: installer.name, answers: answers.name, copy: copy.name };
exports.fingerprint = golden.fingerprint;
// A preview calls this only with what it knows.
const seen = (value) => require("fs").writeFileSync("seen.json", JSON.stringify(value.map(String)));
pulumi.all([seed.ipv4, seed.ipv6, seed.baseImage]).apply(seen);
exports.args = { source: answers.source, drives: volume.cdroms, iso: golden.iso, keep: golden.keep };
`;

describeEachSite(
  "outputs as inputs",
  (site) => {
    let project: PulumiProject;

    beforeAll(async () => {
      project = await PulumiProject.create({ program, config: site.config });
      await site.makeIso(project.dir, "installer.iso", "the medium");
    }, 120_000);
    afterAll(() => project.dispose());

    it("make what plain values make", async () => {
      const preview = await project.preview();
      expect(preview.code, preview.stdout + preview.stderr).toBe(0);
      // The modules that the other runs load before the program are in the stack traces of the state.
      const up = await project.up({ env: asForUsers });
      expect(up.code, up.stdout + up.stderr).toBe(0);
      // A plain virtual machine.
      expect(await project.stateBytes("seed", site.socket)).toBeLessThan(1.8 * 1024);
      const outputs = await project.outputs();
      const { installer, answers, copy } = outputs["volumes"] as Record<string, string>;
      const machines = await site.machines();
      const drivesOf = (name: string): (string | undefined)[] => {
        const devices = machines.find((machine) => machine.name === name)?.devices;
        return [devices?.["cdrom0"]?.["source"], devices?.["cdrom1"]?.["source"]];
      };
      expect(drivesOf("list")).toEqual([installer, answers]);
      expect(drivesOf("item")).toEqual([copy, undefined]);
      expect(drivesOf("volume")).toEqual([answers, undefined]);
      expect(drivesOf("absent")).toEqual([undefined, undefined]);
      // Arguments are outputs, as the provider has understood them.
      expect(outputs["args"]).toMatchObject({
        source: { label: "A", files: { "a.txt": { text: "a" } } },
        drives: [{ volume: { pool: "default", name: answers }, name: "cdrom0" }],
        iso: { pool: "default", name: installer },
        keep: 2,
      });
      expect(await site.everything()).toContain(
        `/1.0/images/${String(outputs["fingerprint"])}?project=${site.project}`,
      );
      expect(await project.up({ expectNoChanges: true })).toMatchObject({ code: 0 });
    }, 180_000);

    it("that the machine lacks are known to be absent in a preview", async () => {
      const file = join(project.dir, "seen.json");
      await rm(file);
      expect(await project.preview({ expectNoChanges: true })).toMatchObject({ code: 0 });
      expect(JSON.parse(await readFile(file, "utf8"))).toEqual(["undefined", "undefined", "undefined"]);
    }, 60_000);

    it("are told by resource and key where they are wrong", async () => {
      const errors = async (text: string): Promise<string> => {
        await project.setProgram(prelude + text);
        const preview = await project.preview();
        expect(preview.code).not.toBe(0);
        return preview.messages.map(({ urn, text }) => `${urn?.split("::").at(-1) ?? ""}: ${text}`).join("\n");
      };
      expect(
        await errors(`new lxd.IsoVolume("bad", { pool, source: pulumi.output({ label: "A", files: { "a b": 5 } }) });`),
      ).toContain('IsoVolume "bad": source.files["a b"] is not a file: write text, bytes, a FileAsset');
      const drive = `new lxd.Instance("vm", { type: "virtual-machine", cdroms: pulumi.output([{ volume: { pool } }]) });`;
      expect(await errors(drive)).toMatch(/^vm: .*has a problem: cdroms\[0\]\.volume\.name/m);
    }, 60_000);

    it("leave nothing behind", async () => {
      expect(await project.destroy()).toMatchObject({ code: 0 });
      expect(await site.everything()).toEqual([]);
    }, 60_000);
  },
  ["embedded"],
);
