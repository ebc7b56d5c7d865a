// `pulumi-lxd import iso-volumes`: the program that it writes takes over what exists, and changes nothing as it stands.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect } from "vitest";
import { CUSTOM, describeEachDaemon, tinyIso } from "../contract/harness";
import { isoHeaders } from "../contract/harness/embedded";
import { workspace } from "./harness/package";
import { PulumiProject } from "./harness/project";

const run = promisify(execFile);
const command = join(workspace, "dist/cli/main.js");

describeEachDaemon({ name: "The import command", on: ["embedded", "incus"] }, (daemon) => {
  let project: PulumiProject | undefined;
  /** A project of its own: all volumes of it are imported, and others come and go on a shared server. */
  const own = (): string => daemon.name("project");
  const path = (name = ""): string => `${CUSTOM}${name}?project=${own()}`;
  const volumes = async (): Promise<unknown> => (await daemon.raw.get(`${path()}&recursion=1`)).body.metadata;

  beforeAll(async () => {
    const config = { "features.storage.volumes": "true" };
    expect((await daemon.raw.post("/1.0/projects", { name: own(), config })).status).toBe(201);
    for (const name of ["one", "two"]) {
      const made = daemon.raw.post(path(), tinyIso({ marker: daemon.name(name) }), isoHeaders(daemon.name(name)));
      expect(await daemon.settle(made)).toMatchObject({ ok: true });
    }
    await daemon.settle(daemon.raw.patch(path(`/${daemon.name("two")}`), { description: 'the "second"' }));
  });
  afterAll(() => project?.dispose());

  const imported = (...args: string[]): Promise<{ stdout: string; stderr: string }> =>
    run(process.execPath, [command, "import", "iso-volumes", "--socket", daemon.socket, ...args]);

  daemon.test(
    "writes a program that changes nothing, the first time and the next",
    { timeoutMs: 120_000 },
    async () => {
      const before = await volumes();
      const { stdout, stderr } = await imported("--pool", "default", "--project", own());
      expect(stderr).toBe("");
      expect(stdout).toContain(`{ import: "${own()}/default/${daemon.name("one")}", protect: true }`);
      project = await PulumiProject.create({
        program: { typescript: stdout },
        config: { "lxd:socket": daemon.socket },
      });
      const first = await project.up();
      expect(first.code, first.stdout + first.stderr).toBe(0);
      expect(await volumes()).toEqual(before);
      const second = await project.up({ expectNoChanges: true });
      expect(second.code, second.stdout + second.stderr).toBe(0);
      expect(await volumes()).toEqual(before);
      const destroyed = await project.destroy();
      expect(destroyed.stdout + destroyed.stderr).toMatch(/protected/);
      expect(await volumes()).toEqual(before);
    },
  );

  daemon.test("says what is wrong with what it is told", {}, async () => {
    await expect(imported("--pool", "defualt")).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/no storage pool "defualt"[^]*Pools here are: default/) as string,
    });
    await expect(run(process.execPath, [command, "import", "images"])).rejects.toMatchObject({ code: 2 });
  });
});
