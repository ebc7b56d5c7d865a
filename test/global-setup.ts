// Before all tests: the real daemons that they are given listen for HTTPS; after them: the installed examples are removed.
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listen } from "./contract/harness/https";

export default async function setup(): Promise<() => Promise<void>> {
  const sockets = ["INCUS_SOCKET", "LXD_SOCKET", "IMAGE_SERVER_SOCKET"].map((name) => process.env[name] ?? "");
  for (const socket of sockets.filter((path) => path !== "")) await listen(socket);
  // Made by the first test that needs it.
  const installed = join(tmpdir(), `pulumi-lxd-installed-${process.pid}`);
  process.env["PULUMI_LXD_TEST_INSTALLED"] = installed;
  return () => rm(installed, { recursive: true, force: true });
}
