// Releases of Node other than the one that runs the tests, from the package registry.
import { execFile } from "node:child_process";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { workspace } from "./package";

const run = promisify(execFile);

/** An environment in which that release is `node`. Kept beside the engines, so each is fetched once. */
export async function environmentOfNode(version: string): Promise<{ PATH: string }> {
  const dir = join(workspace, `.engine/node-${version}`);
  const { makeOnce } = await import("../../../scripts/engine/store.mjs");
  await makeOnce(dir, (temporary) => fetchNode(version, temporary), console.log);
  return { PATH: `${dir}${delimiter}${process.env["PATH"] ?? ""}` };
}

/** `npm install` would unpack headers and documentation, too, which takes longer than all the rest. */
async function fetchNode(version: string, into: string): Promise<void> {
  const name = `node-${process.platform}-${process.arch}@${version}`;
  await run("npm", ["pack", "--prefer-offline", "--silent", "--pack-destination", into, name]);
  const tarball = join(into, `${name.replace("@", "-")}.tgz`);
  await run("tar", ["-xzf", tarball, "-C", into, "--strip-components=2", "package/bin/node"]);
  await run("rm", [tarball]);
}
