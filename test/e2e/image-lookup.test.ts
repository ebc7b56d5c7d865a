// Images that a program has not made: looked up by a function, read by their ID, imported.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RawClient, tinyImage } from "../contract/harness";
import { settle } from "../contract/harness/operation";
import { PulumiProject } from "./harness/project";
import { type PulumiResult } from "./harness/run";
import { Site } from "./harness/site";

const program = (project: string): string => `
  const lxd = require("pulumi-lxd");
  const image = new lxd.Image("made", { source: { file: "./made.tar.gz" }, aliases: ["mine"] });
  const found = lxd.lookupImage({ alias: "mine" }, { dependsOn: image });
  exports.found = found.fingerprint;
  exports.made = image.fingerprint;
  exports.os = lxd.lookupImages({ filter: { os: "theirs" } }).apply((all) => all.map((each) => each.properties.os));
  exports.got = lxd.Image.get("got", "${project}/theirs").fingerprint;
  const imported = new lxd.Image("imported", { aliases: ["theirs"] }, { import: "${project}/theirs" });
  exports.imported = imported.fingerprint;
`;

// What the daemons say is proved by the contract suite; here it is what the engine makes of it.
describe("images that exist", () => {
  const site = new Site("embedded");
  let project: PulumiProject;
  let theirs = "";
  beforeAll(async () => {
    await site.start();
    project = await PulumiProject.create({ program: program(site.project), config: site.config });
    await writeFile(join(project.dir, "made.tar.gz"), tinyImage({ properties: { os: "mine", run: site.project } }));
    const raw = new RawClient(() => site.socket);
    const bytes = tinyImage({ properties: { os: "theirs", run: site.project } });
    const query = `?project=${site.project}`;
    const outcome = await settle(raw, await raw.post(`/1.0/images${query}`, bytes));
    theirs = outcome.ok ? String(outcome.metadata?.["fingerprint"]) : "";
    await raw.post(`/1.0/images/aliases${query}`, { name: "theirs", target: theirs });
  });
  afterAll(async () => {
    await project.dispose();
    await site.end();
  });

  const succeeded = (result: PulumiResult): void => expect(result.code, result.stdout + result.stderr).toBe(0);

  it("are looked up when what they depend on is there, in previews too", async () => {
    // The image that is looked for is still to be made.
    succeeded(await project.preview());
    succeeded(await project.up());
    const outputs = await project.outputs();
    expect(outputs).toMatchObject({ found: outputs["made"], os: ["theirs"], got: theirs, imported: theirs });
    succeeded(await project.up({ preview: true, expectNoChanges: true }));
  }, 120_000);

  it("and those that do not are an error without a stack", async () => {
    await project.setProgram(`exports.x = require("pulumi-lxd").lookupImage({ alias: "mime" });`);
    const { code, stdout, stderr } = await project.preview();
    expect(code).not.toBe(0);
    expect(stdout + stderr).toMatch(/none with alias "mime" \[not-found\]\s+Did you mean "mine"\?/);
    expect(stdout + stderr).not.toMatch(/^\s+at .*\.js:\d+/m);
  }, 120_000);

  it("and are imported go with the stack", async () => {
    succeeded(await project.destroy());
    expect(await site.everything()).toEqual([]);
  }, 120_000);
});
