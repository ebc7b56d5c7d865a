// `pulumi-lxd doctor` beside the real Pulumi CLI: with a stack, without one, with a config that cannot be read.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EmbeddedDaemon, startEmbeddedDaemon } from "../../embedded";
import { engineEnvironment, sharedEngine } from "./harness/engine";
import { workspace } from "./harness/package";
import { PulumiProject } from "./harness/project";

interface Finding {
  level: string;
  check: string;
  text: string;
  advice?: string;
}

let dir = "";
let daemon: EmbeddedDaemon;
let project: PulumiProject;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "pulumi-lxd-doctor-"));
  daemon = await startEmbeddedDaemon({ dir: join(dir, "daemon") });
  const config = { "lxd:socket": daemon.socket, "lxd:prallel": "4", "lxd:project": "default" };
  project = await PulumiProject.create({ program: "", config });
  await project.setConfig("lxd:bearerToken", "planted-token", { secret: true });
}, 60_000);
afterAll(async () => {
  await project.dispose();
  await daemon.stop();
  await rm(dir, { recursive: true });
});

async function doctor(cwd: string, env: Record<string, string> = {}): Promise<{ code: number; out: string }> {
  const engine = await sharedEngine();
  const own = engineEnvironment(engine, join(dirname(project.dir), "state"));
  const path = [dirname(engine.pulumi), process.env["PATH"] ?? ""].join(delimiter);
  const surroundings = { ...own, HOME: dir, INCUS_GLOBAL_CONF: dir, LXD_GLOBAL_CONF: dir, PATH: path, ...env };
  const main = join(workspace, "dist/cli/main.js");
  return new Promise((done) => {
    execFile(process.execPath, [main, "doctor", "--json"], { cwd, env: surroundings }, (error, out) => {
      done({ code: typeof error?.code === "number" ? error.code : 0, out });
    });
  });
}

/** How it ended, which place was chosen, and what it said of the stack's config. */
async function examined(cwd: string, env?: Record<string, string>): Promise<unknown> {
  const { code, out } = await doctor(cwd, env);
  const { places, findings } = JSON.parse(out) as {
    places: { place: string; isChosen: boolean }[];
    findings: Finding[];
  };
  const config = findings.filter(({ check }) => check === "config");
  return { code, chosen: places.find(({ isChosen }) => isChosen)?.place, config };
}
const said = (text: string): unknown => expect.stringContaining(text) as unknown;

describe("the doctor and the Pulumi CLI", () => {
  it("reads the selected stack's config, shows no secret of it, and names settings that are none", async () => {
    const { code, out } = await doctor(project.dir);
    expect(code, out).toBe(1);
    expect(out).not.toContain("planted-token");
    const engine = { level: "ok", check: "engine", text: said("pulumi v3.") };
    const names = "lxd:bearerToken, lxd:prallel, lxd:project, lxd:socket";
    const wrong = {
      level: "error",
      text: said("lxd:prallel is not a setting and stops every `pulumi up`; did you mean lxd:parallel?"),
    };
    expect((JSON.parse(out) as { findings: Finding[] }).findings).toEqual(
      expect.arrayContaining([
        expect.objectContaining(engine),
        { level: "ok", check: "config", text: `the selected stack has ${names}` },
        expect.objectContaining(wrong),
        expect.objectContaining({ level: "ok", check: "trust" }),
      ]),
    );
    expect(await examined(project.dir)).toMatchObject({ chosen: "stack config lxd:socket" });
  });

  it("goes on without a program or a stack, by the places that are left", async () => {
    const env = { INCUS_SOCKET: daemon.socket };
    const nowhere = {
      level: "info",
      text: said("no Pulumi.yaml project file found"),
      advice: said("Run this in the folder"),
    };
    expect(await examined(dir, env)).toMatchObject({ code: 0, chosen: "INCUS_SOCKET", config: [nowhere] });
    await writeFile(join(dir, "Pulumi.yaml"), "name: other\nruntime: nodejs\n");
    const unselected = { level: "info", text: said("no stack selected"), advice: said("`pulumi stack select`") };
    expect(await examined(dir, env)).toMatchObject({ code: 0, chosen: "INCUS_SOCKET", config: [unselected] });
  });

  it("says that the stack's config cannot be read, which is an error", async () => {
    const locked = { level: "error", text: said("incorrect passphrase"), advice: said("Correct that first") };
    const env = { INCUS_SOCKET: daemon.socket, PULUMI_CONFIG_PASSPHRASE: "wrong" };
    expect(await examined(project.dir, env)).toMatchObject({ code: 1, config: [locked] });
    await writeFile(join(project.dir, "Pulumi.test.yaml"), "config:\n  lxd:socket: [\n");
    const broken = { level: "error", text: said("invalid YAML file") };
    expect(await examined(project.dir)).toMatchObject({ code: 1, config: [broken] });
  });
});
