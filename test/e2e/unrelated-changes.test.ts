// What previews say of resources that stand on one that changes in place: nothing, unless they change with it.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { tinyImage } from "../contract/harness";
import { PulumiProject } from "./harness/project";
import { describeEachSite } from "./harness/site";
import { stepsOf, succeed } from "./iso-volume/stack";

interface Choice {
  /** Of all that others stand on, each of which takes it in place. */
  text: string;
  /** What the machine is made from that the command and the snapshot are about. */
  image: "first" | "second";
}

const program = ({ text, image }: Choice): string => `
const lxd = require("pulumi-lxd");
const description = "${text}";
const pool = new lxd.StoragePool("pool", { driver: "dir", description });
const network = new lxd.Network("net", { ipv4: { address: "none" }, ipv6: { address: "none" }, description });
const profile = new lxd.Profile("profile", { nics: [{ network: network.name }], description });
const medium = new lxd.IsoVolume("medium", { pool: pool.name, source: { file: "./medium.iso" }, description });
const volume = new lxd.StorageVolume("volume", { pool: pool.name, description });
const first = new lxd.Image("first", { source: { file: "./first.tar.gz" }, properties: { description } });
const second = new lxd.Image("second", { source: { file: "./second.tar.gz" } });
const golden = new lxd.GoldenImage("golden", {
  iso: medium, machine: { rootDisk: { pool: pool.name, size: "64MiB" }, firmware: "uefi", profiles: [] },
  install: { timeout: "2m", stableFor: "300ms" }, image: { aliases: ["golden-${text}"] },
});
new lxd.Instance("vm", {
  type: "virtual-machine", running: false, rootDisk: { pool: pool.name, size: "64MiB" }, profiles: [profile.name],
  source: { image: golden.fingerprint }, cdroms: [{ volume: medium }],
});
new lxd.Instance("ct", {
  running: false, rootDisk: { pool: pool.name }, source: { image: first.fingerprint }, profiles: [profile.name],
  disks: [{ volume: volume.name, pool: pool.name, path: "/data" }],
});
const web = new lxd.Instance("web", {
  rootDisk: { pool: pool.name }, source: { image: ${image}.fingerprint }, profiles: [], description,
});
const exec = new lxd.Exec("exec", { instance: web, command: ["/bin/sh", "-c", "echo ran >> /tmp/runs"] });
new lxd.InstanceSnapshot("snapshot", { instance: web }, { dependsOn: exec });
`;

describeEachSite(
  "an unrelated change",
  (site) => {
    let project: PulumiProject;
    const runs = async (): Promise<string> =>
      (await site.raw.get(`/1.0/instances/web/files?path=/tmp/runs&project=${site.project}`)).bytes.toString();

    beforeAll(async () => {
      project = await PulumiProject.create({ program: program({ text: "a", image: "first" }), config: site.config });
      await site.makeIso(project.dir, "medium.iso", "medium");
      for (const name of ["first", "second"]) {
        await writeFile(join(project.dir, `${name}.tar.gz`), tinyImage({ properties: { name } }));
      }
      await succeed(project.up());
    }, 120_000);
    afterAll(() => project.dispose());

    it("of what they stand on leaves resources as they are, in the preview as in the run", async () => {
      await project.setProgram(program({ text: "b", image: "first" }));
      const changed = ["pool", "net", "profile", "medium", "volume", "first", "golden", "web"];
      const updates = changed.map((name) => `update ${name}`).sort();
      expect(stepsOf(await succeed(project.preview())).sort()).toEqual(updates);
      expect(stepsOf(await succeed(project.up())).sort()).toEqual(updates);
      expect(await runs()).toBe("ran\n");
    }, 60_000);

    it("is no other machine, of which commands and snapshots are made anew", async () => {
      await project.setProgram(program({ text: "b", image: "second" }));
      const steps = stepsOf(await succeed(project.preview()));
      const replaced = ["exec", "snapshot", "web"].map((name) => `replace ${name}`);
      expect(steps.filter((step) => /^(replace|update) /.test(step)).sort()).toEqual(replaced);
      await succeed(project.destroy());
    }, 60_000);
  },
  ["embedded"],
);
