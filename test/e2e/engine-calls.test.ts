// The order of the engine's calls, by which `provider/engine/run-registry.ts` tells live states from replaced ones.
//
// Where this fails with a newer Pulumi, read decision 22 first: a wrong guess deletes the object of a live state.
import { afterAll, beforeAll, expect, it } from "vitest";
import { CallLog } from "./harness/call-log";
import { PulumiProject } from "./harness/project";
import { describeEachSite } from "./harness/site";
import { succeed } from "./iso-volume/stack";

interface Choice {
  /** Another description comes with other content: the volume is replaced. */
  v: string | undefined;
  /** A resource that fails once all others are there: the engine does no deletes. */
  fails?: boolean;
}

const program = ({ v, fails = false }: Choice): string => `
const pulumi = require("@pulumi/pulumi");
const lxd = require("pulumi-lxd");
class Broken extends pulumi.dynamic.Resource {
  constructor(opts) { super({ create: async () => { throw new Error("told to fail"); } }, "broken", {}, opts); }
}
const all = [new lxd.Profile("other", { description: "other" })];
const description = ${JSON.stringify(v)};
if (description !== undefined) {
  const source = { label: "L", files: { "a.txt": description } };
  all.push(new lxd.IsoVolume("v", { pool: "default", source, description }));
}
if (${fails}) new Broken({ dependsOn: all });
`;

describeEachSite(
  "the order of the engine's calls",
  (site) => {
    let project: PulumiProject;
    let log: CallLog;
    const urnOf = (type: string, name: string): string =>
      `urn:pulumi:test::e2e::pulumi-nodejs:dynamic/lxd:${type}::${name}`;

    /** The calls about the volume. What the engine does side by side is sorted. */
    const calls = async (): Promise<string[]> =>
      (await log.taken())
        .filter(({ name }) => name === "v")
        .map(({ method, hasOlds, description = "" }) => {
          const olds = hasOlds === undefined ? "" : hasOlds ? " with olds" : " without olds";
          return `${method} ${description}${olds}`;
        });
    const sorted = async (): Promise<string[]> => (await calls()).sort();
    const fail = async (choice: Choice, ...args: string[]): Promise<void> => {
      await project.setProgram(program({ ...choice, fails: true }));
      const { code, stdout, stderr } = await project.up({ args });
      expect(stdout + stderr).toContain("told to fail");
      expect(code).not.toBe(0);
    };
    /** The state has a live volume, and one whose content it had before, which is still to be deleted. */
    const replacedBy = async (v: string): Promise<void> => {
      await fail({ v });
      await log.taken();
      await project.setProgram(program({ v }));
    };

    beforeAll(async () => {
      project = await PulumiProject.create({ program: program({ v: "1" }), config: site.config });
      log = new CallLog(project.dir);
      await log.install();
      await succeed(project.up());
      expect(await calls()).toEqual(["check 1 without olds", "create 1"]);
    }, 60_000);
    afterAll(() => project.dispose());

    it("checks a replacement without olds, after the diff of the live state; a failed run deletes nothing", async () => {
      await fail({ v: "2" });
      expect(await calls()).toEqual(["check 2 with olds", "diff 1", "check 2 without olds", "create 2"]);
    }, 60_000);

    it("calls nothing for what is not a target", async () => {
      await project.setProgram(program({ v: "2" }));
      await succeed(project.up({ args: ["--target", urnOf("Profile", "other")] }));
      expect(await calls()).toEqual([]);
    }, 60_000);

    it("reads and compares live and replaced states alike in a refresh, without a check", async () => {
      await succeed(project.refresh());
      const both = ["diff 1", "diff 2", "read 1", "read 2"];
      expect(await sorted()).toEqual(both);
      await succeed(project.refresh({ args: ["--target", urnOf("IsoVolume", "v")] }));
      expect(await sorted()).toEqual(both);
    }, 60_000);

    it("checks the live state after the refresh of an `up --refresh`, and deletes last", async () => {
      await succeed(project.up({ args: ["--refresh"] }));
      const all = await calls();
      expect(all.slice(0, 4).sort()).toEqual(["diff 1", "diff 2", "read 1", "read 2"]);
      expect(all.slice(4)).toEqual(["check 2 with olds", "diff 2", "delete 1"]);
    }, 60_000);

    it("shows nothing of the old state before its replacement by `--replace`", async () => {
      await fail({ v: "2" }, "--replace", urnOf("IsoVolume", "v"));
      expect(await calls()).toEqual(["check 2 without olds", "create 2"]);
    }, 60_000);

    it("compares the live state alone in an `up` of a target, and deletes the replaced one afterwards", async () => {
      await replacedBy("3");
      await succeed(project.up({ args: ["--target", urnOf("IsoVolume", "v")] }));
      const all = await calls();
      expect(all.slice(0, 2)).toEqual(["check 3 with olds", "diff 3"]);
      expect(all.slice(2).filter((call) => call !== "delete 2")).toEqual([]);
      expect(all).toContain("delete 2");
    }, 60_000);

    it("deletes after everything else although something failed, with `--continue-on-error`", async () => {
      await replacedBy("4");
      await fail({ v: "4" }, "--continue-on-error");
      expect(await calls()).toEqual(["check 4 with olds", "diff 4", "delete 3"]);
    }, 60_000);

    it("checks nothing that the program has no longer, nor in a destroy", async () => {
      await replacedBy("5");
      await project.setProgram(program({ v: undefined }));
      await succeed(project.up());
      expect(await sorted()).toEqual(["delete 4", "delete 5"]);
      await project.setProgram(program({ v: "6" }));
      await succeed(project.up());
      await replacedBy("7");
      await succeed(project.destroy({ args: ["--run-program"] }));
      expect(await sorted()).toEqual(["delete 6", "delete 7"]);
      expect(await site.everything()).toEqual([]);
    }, 90_000);
  },
  ["embedded"],
);
