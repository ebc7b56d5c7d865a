// Debian's packages, unpacked without being installed: downloaded once, and kept in the folder for temporary files.
import { execFile } from "node:child_process";
import { access, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The root of the package's files. */
export async function unpacked(name: string): Promise<string> {
  const cache = join(tmpdir(), `pulumi-lxd-package-${name}`);
  if (await exists(cache)) return cache;
  const dir = await mkdtemp(join(tmpdir(), "pulumi-lxd-package-"));
  try {
    await run("apt-get", ["download", name], { cwd: dir });
    const [deb = ""] = await readdir(dir);
    await run("dpkg", ["-x", deb, "files"], { cwd: dir });
    // Appears under its name only when it is whole.
    await rename(join(dir, "files"), cache);
    return cache;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Packages that apt knows of, of those with such a name. */
export async function knownPackages(pattern: string): Promise<string[]> {
  const { stdout } = await run("apt-cache", ["pkgnames"], { maxBuffer: 64 * 1024 * 1024 }).catch(() => ({
    stdout: "",
  }));
  return stdout.split("\n").filter((name) => new RegExp(`^(?:${pattern})$`).test(name));
}

export function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
