// What somebody has who copies an example and installs the package: its dependencies and the tarball, made once per run.
import { cp, mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { installTarball, packWorkspace, workspace } from "./package";

/** Set by the global setup, which removes the folder in the end. */
const variable = "PULUMI_LXD_TEST_INSTALLED";

/** The names of the folders in `examples/`. */
export async function exampleNames(): Promise<string[]> {
  return (await readdir(join(workspace, "examples"))).sort();
}

/** The `node_modules` for copies of examples. One installation serves them all, as each would have the same. */
export async function installedModules(): Promise<string> {
  const dir = process.env[variable];
  if (dir === undefined) throw new Error(`${variable} is not set: run the tests by vitest's own command`);
  const { makeOnce } = await import("../../../scripts/engine/store.mjs");
  await makeOnce(dir, install, () => undefined);
  return join(dir, "node_modules");
}

/** As workspaces, so that npm holds the versions to the ranges of every example. */
async function install(dir: string): Promise<void> {
  const names = await exampleNames();
  await writeFile(join(dir, "package.json"), JSON.stringify({ private: true, workspaces: names }));
  for (const name of names) {
    await mkdir(join(dir, name));
    await cp(join(workspace, "examples", name, "package.json"), join(dir, name, "package.json"));
  }
  await installTarball(dir, await packWorkspace(dir), { beside: ["typescript", "@types/node"] });
  for (const name of names) await refuseOwnModules(join(dir, name));
}

/** npm puts a version beside an example that cannot do with the one that all others have. */
async function refuseOwnModules(dir: string): Promise<void> {
  const has = await stat(join(dir, "node_modules")).catch(() => undefined);
  if (has) throw new Error(`${dir}/package.json asks for other versions than the tests run with`);
}
