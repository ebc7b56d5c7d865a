// A home of the Pulumi CLI in which the plugin and the language host of YAML programs are installed.
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PulumiProject } from "./project";

const root = join(__dirname, "../../..");

export interface YamlProject {
  project: PulumiProject;
  /** Replaces the resources of the program. */
  write: (resources: string) => Promise<void>;
  dispose: () => Promise<void>;
}

/** A YAML program, which is served by the built plugin. */
export async function startYamlProject(config: Record<string, string>): Promise<YamlProject> {
  const home = await mkdtemp(join(tmpdir(), "pulumi-lxd-home-"));
  await installPlugin(home);
  await installYamlHost(home);
  const project = await PulumiProject.create({ program: "", config, env: { PULUMI_HOME: home } });
  const write = (resources: string): Promise<void> =>
    writeFile(join(project.dir, "Pulumi.yaml"), `name: e2e\nruntime: yaml\n${resources}`);
  const dispose = async (): Promise<void> => {
    await project.dispose();
    await rm(home, { recursive: true, force: true });
  };
  return { project, write, dispose };
}

async function installPlugin(home: string): Promise<void> {
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
  const dir = join(home, `plugins/resource-lxd-v${version}`);
  await mkdir(dir, { recursive: true });
  const text = `#!/usr/bin/env node\nrequire(${JSON.stringify(join(root, "dist/plugin/main.js"))});\n`;
  await writeFile(join(dir, "pulumi-resource-lxd"), text);
  await chmod(join(dir, "pulumi-resource-lxd"), 0o755);
}

async function installYamlHost(home: string): Promise<void> {
  const { ensureYamlHost } = await import("../../../scripts/engine/yaml-host.mjs");
  const { path, version } = await ensureYamlHost();
  const dir = join(home, `plugins/language-yaml-v${version}`);
  await mkdir(dir, { recursive: true });
  await symlink(path, join(dir, "pulumi-language-yaml"));
}
