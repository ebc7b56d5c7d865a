// Resources of the package under component resources, by the real CLI and by an inline program of the Automation API.
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { tinyImage } from "../contract/harness/tiny-image";
import { engineEnvironment, sharedEngine } from "./harness/engine";
import { type Checkpoint } from "./harness/options";
import { PulumiProject } from "./harness/project";
import { describeEachSite } from "./harness/site";

const program = `
const pulumi = require("@pulumi/pulumi");
const lxd = require("pulumi-lxd");

class Bundle extends pulumi.ComponentResource {
  constructor(name, fill, opts) {
    super("test:index:Bundle", name, {}, opts);
    fill({ parent: this });
    this.registerOutputs();
  }
}

const volume = (name, opts) =>
  new lxd.IsoVolume(name, { pool: "default", source: { label: "A", files: { "a.txt": name } } }, opts);
const machine = (name, opts, args = {}) =>
  new lxd.Instance(name, { running: false, type: "virtual-machine", rootDisk: { pool: "default" }, ...args }, opts);

new Bundle("two", (own) => [volume("two-a", own), volume("two-b", own)]);

new Bundle("five", (own) => {
  const iso = new lxd.IsoVolume("five-iso", { pool: "default", source: { file: "installer.iso" } }, own);
  const build = { memory: "256MiB", rootDisk: { pool: "default", size: "64MiB" }, firmware: "uefi" };
  const golden = new lxd.GoldenImage("five-golden", { iso, machine: build, install: { stableFor: "300ms" } }, own);
  const source = { image: golden.fingerprint };
  const vm = machine("five-vm", own, { source, cdroms: [{ volume: iso }], firmware: "uefi" });
  new lxd.InstanceSnapshot("five-clean", { instance: vm }, own);
  const image = new lxd.Image("five-image", { source: { file: "tiny.tar.gz" } }, own);
  const rootDisk = { pool: "default" };
  const guest = new lxd.Instance("five-guest", { source: { image: image.fingerprint }, rootDisk }, own);
  new lxd.Exec("five-exec", { instance: guest, command: ["/bin/sh", "-c", "echo hello"] }, own);
});

const outer = new Bundle("outer", (own) => {
  volume("outer-a", own);
  new Bundle("inner", (inner) => [volume("inner-a", inner), machine("inner-b", inner)], own);
});

const first = volume("first");
first.name.apply(() => new Bundle("applied", (own) => [volume("applied-a", own), volume("applied-b", own)]));

new Bundle("after", (own) => [volume("after-a", own), machine("after-b", own)], { dependsOn: outer });
machine("last", { dependsOn: [outer] });

const parent = machine("parent");
volume("child-a", { parent });
volume("child-b", { parent });
`;

/** Each resource by the types of its URN, without those that all have in common. */
const expected = [
  "Bundle$IsoVolume::two-a",
  "Bundle$IsoVolume::two-b",
  "Bundle$IsoVolume::five-iso",
  "Bundle$lxd:index:GoldenImage$GoldenBuild::five-golden",
  "Bundle$Instance::five-vm",
  "Bundle$InstanceSnapshot::five-clean",
  "Bundle$Image::five-image",
  "Bundle$Instance::five-guest",
  "Bundle$Exec::five-exec",
  "Bundle$IsoVolume::outer-a",
  "Bundle$Bundle$IsoVolume::inner-a",
  "Bundle$Bundle$Instance::inner-b",
  "IsoVolume::first",
  "Bundle$IsoVolume::applied-a",
  "Bundle$IsoVolume::applied-b",
  "Bundle$IsoVolume::after-a",
  "Bundle$Instance::after-b",
  "Instance::last",
  "Instance::parent",
  "Instance$IsoVolume::child-a",
  "Instance$IsoVolume::child-b",
].sort();

/** Prints the state between `up` and `destroy` of an inline program. */
const automation = `
const { LocalWorkspace } = require("@pulumi/pulumi/automation");
(async () => {
  const program = async () => require("./index.js");
  const args = { stackName: "inline", projectName: "e2e", program };
  const stack = await LocalWorkspace.createOrSelectStack(args, { workDir: __dirname });
  await stack.setAllConfig(JSON.parse(process.env.STACK_CONFIG));
  await stack.up();
  console.log(JSON.stringify(await stack.exportStack()));
  await stack.destroy();
})();
`;

interface Registered {
  urn: string;
  said: unknown;
}

/** What the state has of this package: the URN that the engine has given, and the one that the provider was told. */
function registered({ deployment }: Checkpoint): Registered[] {
  const own = (deployment.resources ?? []).filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic/lxd:"));
  return own.map(({ urn, inputs }) => ({ urn, said: inputs?.["__urn"] }));
}

function expectAll(state: Checkpoint): void {
  const found = registered(state);
  // Stored without what all resources of a class have in common.
  const stored = (urn: string): string =>
    urn.replace("urn:pulumi:", "").replace(/pulumi-nodejs:dynamic\/lxd:\w+::/, "::");
  expect(found.map(({ said }) => said)).toEqual(found.map(({ urn }) => stored(urn)));
  const short = found.map(({ urn }) =>
    urn
      .replace(/^urn:pulumi:\w+::e2e::/, "")
      .replaceAll("pulumi-nodejs:dynamic/lxd:", "")
      .replaceAll("test:index:", ""),
  );
  expect(short.sort()).toEqual(expected);
}

describeEachSite(
  "components",
  (site) => {
    let project: PulumiProject;

    beforeAll(async () => {
      project = await PulumiProject.create({ program, config: site.config });
      await site.makeIso(project.dir, "installer.iso", "the medium");
      await writeFile(join(project.dir, "tiny.tar.gz"), tinyImage({}));
    }, 120_000);
    afterAll(() => project.dispose());

    it("have any number of resources, by the CLI", async () => {
      expect(await project.preview({ timeoutMs: 60_000 })).toMatchObject({ code: 0 });
      const up = await project.up({ timeoutMs: 120_000 });
      expect(up.code, up.stdout + up.stderr).toBe(0);
      expectAll(await project.exportStack());
      expect((await site.machines()).map(({ name }) => name).sort()).toEqual([
        "after-b",
        "five-guest",
        "five-vm",
        "inner-b",
        "last",
        "parent",
      ]);
      expect(await project.destroy()).toMatchObject({ code: 0 });
      expect(await site.everything()).toEqual([]);
    }, 300_000);

    it("have any number of resources, in an inline program of the Automation API", async () => {
      await writeFile(join(project.dir, "automation.cjs"), automation);
      const state = join(project.dir, "inline-state");
      await mkdir(state);
      const engine = await sharedEngine();
      const settings = Object.entries(site.config).map(([key, value]) => [key, { value }]);
      const env = {
        ...engineEnvironment(engine, state),
        PATH: [dirname(engine.pulumi), process.env["PATH"]].join(delimiter),
        STACK_CONFIG: JSON.stringify(Object.fromEntries(settings)),
      };
      const options = { cwd: project.dir, env, timeout: 120_000, maxBuffer: 64 * 1024 * 1024 };
      const { stdout } = await promisify(execFile)(process.execPath, ["automation.cjs"], options);
      expectAll(JSON.parse(stdout) as Checkpoint);
      expect(await site.everything()).toEqual([]);
    }, 180_000);
  },
  ["embedded"],
);
