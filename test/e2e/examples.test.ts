// The examples: each can be copied out of the repository and run with the packed package. Those that need an ISO of others
// are complete up to it; one of the same kind stands for it here.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { safeLoad as load } from "js-yaml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exampleNames, installedModules } from "./harness/installed";
import { PulumiProject } from "./harness/project";
import { describeEachSite, type Site } from "./harness/site";
import { workspace } from "./harness/package";
import { archive } from "../../examples/debian-preseed/archive";

interface Example {
  name: string;
  /** The setting that names the vendor's ISO. */
  iso: string;
  config: (site: Site) => Record<string, string>;
  secrets: Record<string, string>;
  /** Other media that the vendor offers. */
  media: string[];
  /** Projects that must be there. */
  projects?: string[];
  /** Some of the resources that are planned. */
  planned: string[];
}

const secret = { passwordHash: "$6$salt$hash" };
const examples: Example[] = [
  {
    name: "windows",
    iso: "windowsIso",
    config: () => ({}),
    secrets: { adminPassword: "R<&>7" },
    media: ["driversIso"],
    planned: ["windows-11", "virtio-win", "answers"],
  },
  {
    name: "debian-preseed",
    iso: "iso",
    config: () => ({}),
    secrets: secret,
    media: [],
    planned: ["debian-netinst", "answers"],
  },
  {
    name: "ubuntu-autoinstall",
    iso: "iso",
    config: () => ({}),
    secrets: secret,
    media: [],
    planned: ["ubuntu-server", "answers"],
  },
  {
    name: "golden-image",
    iso: "iso",
    config: () => ({}),
    secrets: {},
    media: [],
    planned: ["installer", "tiny-linux", "server"],
  },
  {
    name: "component",
    iso: "iso",
    config: () => ({}),
    secrets: {},
    media: [],
    planned: ["installer", "web-answers", "web", "database-answers", "database", "web-1"],
  },
  { name: "ci-pipeline", iso: "iso", config: () => ({}), secrets: {}, media: [], planned: ["installer", "answers"] },
  {
    name: "fleet",
    iso: "iso",
    config: ({ socket }) => ({
      build: JSON.stringify({ socket }),
      buildAddress: "https://build.example.org:8443",
      sites: JSON.stringify([
        { name: "east", remote: { socket, project: "east" } },
        { name: "west", remote: { socket, project: "west" }, relay: true },
      ]),
    }),
    secrets: {},
    media: [],
    projects: ["east", "west"],
    planned: ["installer", "web-east-1", "web-west-1"],
  },
];

/** Those with a test file of their own, which runs them in the same way. */
const elsewhere = ["import-existing", "quickstart"];

describe("the folder of an example", () => {
  const path = (name: string, file: string): string => join(workspace, "examples", name, file);
  const files = (name: string): string[] =>
    readdirSync(path(name, ""), { recursive: true, encoding: "utf8" }).filter(
      (file) => !file.includes("node_modules") && statSync(path(name, file)).isFile(),
    );
  const read = (name: string, file: string): string => readFileSync(path(name, file), "utf8");

  it("is run by a test, whichever it is", async () => {
    expect([...examples.map(({ name }) => name), ...elsewhere].sort()).toEqual(await exampleNames());
  });

  it.each([...examples.map(({ name }) => name), ...elsewhere])("%s needs nothing around it", (name) => {
    expect(files(name)).toEqual(expect.arrayContaining(["Pulumi.yaml", "README.md", "package.json", "tsconfig.json"]));
    const { dependencies } = JSON.parse(read(name, "package.json")) as { dependencies: Record<string, string> };
    for (const file of files(name).filter((each) => each.endsWith(".ts"))) {
      const imported = [...read(name, file).matchAll(/ from "([^"]+)";/g)].map(([, module]) => module ?? "");
      const packages = imported.filter((module) => !module.startsWith("node:") && !module.startsWith("./"));
      expect(Object.keys(dependencies), file).toEqual(expect.arrayContaining(packages));
    }
    // A path that leads out of the folder leads nowhere once it is copied.
    expect(files(name).filter((file) => read(name, file).includes("../"))).toEqual([]);
  });

  // All at once, as each would read the same declarations. The runs of the examples leave the types out.
  it("compiles with its own options and the packed package", async () => {
    const dir = mkdtempSync(join(tmpdir(), "pulumi-lxd-examples-"));
    try {
      symlinkSync(await installedModules(), join(dir, "node_modules"));
      const names = await exampleNames();
      for (const name of names) for (const file of files(name)) cpSync(path(name, file), join(dir, name, file));
      const configs = names.map((name) => JSON.parse(read(name, "tsconfig.json")) as { compilerOptions: object });
      expect(configs).toEqual(names.map(() => ({ ...configs[0], files: ["index.ts"] })));
      const all = { ...configs[0], files: names.map((name) => `${name}/index.ts`) };
      writeFileSync(join(dir, "tsconfig.json"), JSON.stringify(all));
      const tsc = join(workspace, "node_modules/typescript/bin/tsc");
      const { status, stdout } = spawnSync(process.execPath, [tsc, "--pretty", "false"], {
        cwd: dir,
        encoding: "utf8",
      });
      expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
    } finally {
      rmSync(dir, { recursive: true });
    }
  }, 120_000);
});

/** The others say it in the same way. */
const saysMissing = "windows";

describeEachSite("an example", (site) => {
  // A real server is asked about the one that needs most of it.
  const shown = examples.filter(({ name }) => site.kind === "embedded" || name === "windows");
  describe.each(shown)("$name", (example) => {
    let project: PulumiProject;
    beforeAll(async () => {
      for (const name of example.projects ?? []) await site.raw.post("/1.0/projects", { name });
      const media = Object.fromEntries([example.iso, ...example.media].map((key) => [key, `${key}.iso`]));
      const config = { ...site.config, ...example.config(site), ...media };
      project = await PulumiProject.create({ program: { example: example.name }, config });
      for (const [key, value] of Object.entries(example.secrets)) await project.setConfig(key, value, { secret: true });
      for (const key of example.media) await site.makeIso(project.dir, `${key}.iso`, key);
    }, 120_000);
    afterAll(() => project.dispose());

    if (example.name === saysMissing) {
      it("says which ISO is missing", async () => {
        const preview = await project.preview();
        expect(preview.code).not.toBe(0);
        expect(preview.stdout + preview.stderr).toContain(`there is no file ${example.iso}.iso`);
      }, 60_000);
    }

    it("plans the image without showing a secret", async () => {
      await site.makeIso(project.dir, `${example.iso}.iso`, "the vendor's");
      const preview = await project.preview();
      expect(preview.code, preview.stdout + preview.stderr).toBe(0);
      const made = preview.steps.filter(({ op }) => op === "create").map(({ name }) => name);
      expect(made).toEqual(expect.arrayContaining(example.planned));
      for (const value of Object.values(example.secrets)) expect(preview.stdout + preview.stderr).not.toContain(value);
      expect(await site.everything()).toEqual([]);
    }, 60_000);
  });
});

describe("the pipeline's example", () => {
  const read = (file: string): string => readFileSync(join(workspace, "examples/ci-pipeline", file), "utf8");

  it("is a workflow of GitHub that previews requests and builds the rest", () => {
    const workflow = load(read(".github/workflows/golden-image.yml")) as {
      jobs: Record<string, { steps: { if?: string; run?: string; uses?: string }[] }>;
    };
    const steps = workflow.jobs["image"]?.steps ?? [];
    const conditionOf = (command: string): string | undefined => steps.find(({ run }) => run?.startsWith(command))?.if;
    expect(conditionOf("pulumi preview")).toBe("github.event_name == 'pull_request'");
    expect(conditionOf("pulumi up")).toBe("github.event_name != 'pull_request'");
    const actions = steps.flatMap(({ uses }) => uses ?? []);
    // A tag can be moved; these steps see the secrets.
    expect(actions.filter((action) => !/@[0-9a-f]{40}$/.test(action))).toEqual([]);
    expect(workflow).toMatchObject({ permissions: { contents: "read" }, concurrency: { "cancel-in-progress": false } });
  });

  it("is a pipeline of GitLab with the same two jobs", () => {
    const pipeline = load(read(".gitlab-ci.yml")) as Record<string, { script: string[]; resource_group?: string }>;
    expect(pipeline["preview"]?.script).toEqual(["pulumi preview --diff"]);
    expect(pipeline["build"]?.script[0]).toBe("pulumi up --yes --skip-preview");
    expect(pipeline["build"]?.resource_group).toBe("golden-image");
  });
});

describe("an answer file", () => {
  const path = (file: string): string => join(workspace, "examples", file);

  it.each(["autounattend.xml", "oobe.xml"])("%s is well-formed", (file) => {
    const parse = "import sys, xml.dom.minidom as m; m.parse(sys.argv[1])";
    execFileSync("python3", ["-c", parse, path(`windows/answers/${file}`)]);
  });

  it("of Debian has the format of debconf", ({ skip }) => {
    skip(!has("debconf-set-selections"), "debconf-set-selections (not installed)");
    execFileSync("debconf-set-selections", ["--checkonly", path("debian-preseed/preseed.cfg")]);
  });

  it("of Debian gets into an archive that others can unpack", ({ skip }) => {
    skip(!has("busybox"), "busybox (not installed)");
    const unpack = (...args: string[]): string =>
      execFileSync("busybox", ["cpio", ...args], { input: packed }).toString();
    const packed = archive("preseed.cfg", "d-i netcfg/hostname string größer\n");
    expect(unpack("-t")).toBe("preseed.cfg\n");
    expect(unpack("-i", "--to-stdout", "preseed.cfg")).toBe("d-i netcfg/hostname string größer\n");
  });

  it("of Ubuntu switches the machine off at its end", () => {
    const { autoinstall } = load(readFileSync(path("ubuntu-autoinstall/user-data.yaml"), "utf8")) as {
      autoinstall: Record<string, unknown>;
    };
    expect(autoinstall).toMatchObject({ version: 1, shutdown: "poweroff" });
  });
});

function has(command: string): boolean {
  try {
    execFileSync("sh", ["-c", `command -v ${command}`]);
    return true;
  } catch {
    return false;
  }
}
