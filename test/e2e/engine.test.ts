// Proves the engine bootstrap: one engine, found at once the second time, that runs Node programs with RandomId.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sharedEngine } from "./harness/engine";
import { PulumiProject } from "./harness/project";

const idProgram = `
  const pulumi = require("@pulumi/pulumi");
  const random = require("@pulumi/random");
  const config = new pulumi.Config();
  const id = new random.RandomId("id", {
    byteLength: Number(config.get("bytes") ?? 4),
    prefix: config.get("prefix"),
    keepers: { content: config.get("content") ?? "one" },
  });
  for (const name of ["b64Std", "b64Url", "dec", "hex", "byteLength"]) exports[name] = id[name];
  exports.secret = config.getSecret("secret");
  exports.dir = process.cwd();
  console.log("the program says hello");
`;

describe("the engine", { timeout: 120_000 }, () => {
  let project: PulumiProject;
  beforeAll(async () => {
    project = await PulumiProject.create({ program: idProgram });
  }, 600_000);
  afterAll(() => project.dispose());

  it("is found again at once", async () => {
    const { ensureEngine } = await import("../../scripts/engine/index.mjs");
    const first = await sharedEngine();
    const started = performance.now();
    expect(await ensureEngine()).toEqual(first);
    // One on PATH is asked for its version, which starts a process; one of our own costs a look at a folder.
    expect(performance.now() - started).toBeLessThan(first.how === "path" ? 5_000 : 250);
  });

  it("runs a Node program in its folder, with its config, and shows what it prints", async () => {
    await project.setConfig("prefix", "p-");
    await project.setConfig("secret", "s3cret", { secret: true });
    const up = await project.up();
    expect(up).toMatchObject({ code: 0, steps: [{ op: "create", name: "id" }] });
    expect(up.messages.map(({ text }) => text)).toContain("the program says hello");
    expect(up.messages.filter(({ severity }) => severity !== "info")).toEqual([]);
    expect(await project.outputs()).toMatchObject({ dir: project.dir, secret: "s3cret" });
    expect(await project.stateText()).not.toContain("s3cret");
  });

  it("gives the outputs of one random number in each notation", async () => {
    const out = await project.outputs();
    const bytes = Buffer.from(String(out["hex"]).slice("p-".length), "hex");
    expect(bytes).toHaveLength(4);
    expect(out).toMatchObject({
      byteLength: 4,
      b64Std: `p-${bytes.toString("base64")}`,
      b64Url: `p-${bytes.toString("base64url")}`,
      dec: `p-${bytes.readUInt32BE()}`,
    });
  });

  it("keeps the random number until a keeper changes", async () => {
    const before = await project.outputs();
    expect(await project.up({ expectNoChanges: true })).toMatchObject({ code: 0 });
    expect(await project.refresh({ expectNoChanges: true })).toMatchObject({ code: 0 });
    expect((await project.outputs())["hex"]).toBe(before["hex"]);
    await project.setConfig("content", "two");
    const preview = await project.preview();
    expect(preview.steps.map(({ op }) => op)).toContain("replace");
    expect(await project.up()).toMatchObject({ code: 0 });
    expect((await project.outputs())["hex"]).not.toBe(before["hex"]);
  });

  it("passes on what the program says is wrong", async () => {
    await project.setProgram(`throw new (require("@pulumi/pulumi").RunError)("there is no plan B");`);
    const up = await project.up();
    expect(up.code).not.toBe(0);
    expect(up.messages.map(({ text }) => text)).toContain("there is no plan B");
  });

  it("shows a program's error instead of hanging over its stack (nodejs/node#64011)", async (context) => {
    const { how } = await sharedEngine();
    context.skip(how !== "built", `the CLI is ${how}; only the language host of a built one works around Node's bug`);
    await project.setProgram(`throw new Error("the program broke");`);
    const up = await project.up({ timeoutMs: 20_000 });
    expect(up.code).toBeGreaterThan(0);
    expect(up.stdout).toContain("Error: the program broke");
  });

  it("destroys without the program", async () => {
    expect(await project.destroy()).toMatchObject({ code: 0, steps: [{ op: "delete", name: "id" }] });
  });
});

describe("a run that is killed", { timeout: 120_000 }, () => {
  const slowProgram = (ms: number): string => `
    const { CustomResource } = require("@pulumi/pulumi");
    const create = "new Promise((done) => setTimeout(() => done({ id: 'x', outs: inputs }), ${ms}))";
    const __provider = "exports.handler = () => ({ create: (inputs) => " + create + " })";
    new CustomResource("pulumi-nodejs:dynamic/test:Slow", "slow", { __provider });
  `;
  let project: PulumiProject;
  beforeAll(async () => {
    project = await PulumiProject.create({ program: slowProgram(60_000) });
  }, 600_000);
  afterAll(() => project.dispose());

  it("leaves no process behind, and a stack that can be used again", async () => {
    const run = project.startUp();
    await run.untilPrinted(/slow creating/);
    expect(run.processes().length).toBeGreaterThanOrEqual(4);
    expect(await run.kill()).toMatchObject({ code: -1, begun: [{ op: "create", name: "slow" }], steps: [] });
    expect(run.processes()).toEqual([]);
    const { deployment } = await project.exportStack();
    expect(deployment.pending_operations).toMatchObject([{ type: "creating" }]);
    await project.cancel();
    await project.setProgram(slowProgram(0));
    expect(await project.up()).toMatchObject({ code: 0, steps: [{ op: "create", name: "slow" }] });
  });
});
