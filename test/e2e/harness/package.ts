// Gives a program folder this package: a link to the workspace, or an installed tarball as users get it.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The root of this repository. */
export const workspace = resolve(__dirname, "../../..");

/** What a program finds in `node_modules` when it is linked to the workspace. */
const linked = { "pulumi-lxd": "", "@pulumi": "node_modules/@pulumi", typescript: "node_modules/typescript" };

/** Links the program to the workspace's build: no installation, and the newest code. */
export async function linkWorkspace(programDir: string): Promise<void> {
  await mkdir(join(programDir, "node_modules"), { recursive: true });
  for (const [name, target] of Object.entries(linked)) {
    await symlink(join(workspace, target), join(programDir, "node_modules", name));
  }
}

/**
 * Installs the tarball, with its dependencies from the registry, as a user's program does; of what the package's ranges
 * allow, the versions that everything else is tested with.
 */
export async function installTarball(programDir: string, tarball: string, options: Installed = {}): Promise<void> {
  const { pulumi, beside = [] } = options;
  const name = "@pulumi/pulumi@";
  const pinned = (await dependencies(beside)).map((each) => (pulumi && each.startsWith(name) ? name + pulumi : each));
  await run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", tarball, ...pinned], { cwd: programDir });
}

interface Installed {
  /** A release of @pulumi/pulumi other than the workspace's. */
  pulumi?: string | undefined;
  /** Packages that are installed with it. */
  beside?: string[];
}

interface Manifest {
  version: string;
  dependencies: object;
}

/** Each as `name@version`, as it is installed in the workspace. */
async function dependencies(others: string[]): Promise<string[]> {
  const read = async (path: string): Promise<Manifest> =>
    JSON.parse(await readFile(join(workspace, path, "package.json"), "utf8")) as Manifest;
  const names = [...Object.keys((await read(".")).dependencies), ...others];
  return Promise.all(names.map(async (name) => `${name}@${(await read(join("node_modules", name))).version}`));
}

/** Packs the workspace as it is built now; returns the tarball. */
export async function packWorkspace(into: string): Promise<string> {
  return packFolder(workspace, into);
}

/**
 * Packs a copy of an earlier tarball under another version: a later build of the package. `change` may edit the files
 * of the copy before.
 */
export async function repackAs(
  tarball: string,
  options: { version: string; into: string; change?: (packageDir: string) => Promise<void> },
): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "pulumi-lxd-repack-"));
  try {
    await run("tar", ["-xzf", tarball, "-C", dir]);
    const packageDir = join(dir, "package");
    const manifest = JSON.parse(await readFile(join(packageDir, "package.json"), "utf8")) as Record<string, unknown>;
    await writeFile(join(packageDir, "package.json"), JSON.stringify({ ...manifest, version: options.version }));
    await options.change?.(packageDir);
    return await packFolder(packageDir, options.into);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Without scripts: a build would pull `dist` away under whatever else is running from it. */
async function packFolder(folder: string, into: string): Promise<string> {
  const { stdout } = await run("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", into], {
    cwd: folder,
  });
  const [packed] = JSON.parse(stdout) as { filename: string }[];
  if (!packed) throw new Error(`npm pack made nothing of ${folder}`);
  return join(into, packed.filename);
}

/** The files in a tarball, by their path in the package. */
export async function listTarball(tarball: string): Promise<string[]> {
  const { stdout } = await run("tar", ["-tzf", tarball]);
  return stdout
    .split("\n")
    .filter((path) => path !== "" && !path.endsWith("/"))
    .map((path) => path.replace(/^package\//, ""));
}
