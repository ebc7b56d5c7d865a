// Checks the tools used beside the server: Node, the Pulumi CLI, qemu-img.
import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { requireQemuImg } from "../../provider/content/disk-image/convert";
import { failed, type Finding, ok } from "./finding";

export const run = promisify(execFile);
export const timeoutMs = 20_000;

export async function tools(): Promise<Finding[]> {
  return [node(), ...(await Promise.all([engine(), qemuImg()]))];
}

function node(): Finding {
  const [major = 0, minor = 0, patch = 0] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && (minor > 18 || (minor === 18 && patch >= 1))))
    return ok("node", `Node ${process.versions.node}`);
  const text = `Node ${process.versions.node} is too old`;
  return { level: "error", check: "node", text, advice: "Install Node 20.18.1 or newer." };
}

export function onPath(command: string): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, command)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function engine(): Promise<Finding> {
  const advice = "Install the Pulumi CLI with its Node.js language host: https://www.pulumi.com/docs/install/";
  const pulumi = onPath("pulumi");
  if (pulumi === undefined)
    return { level: "error", check: "engine", text: "there is no `pulumi` on the PATH", advice };
  try {
    const { stdout } = await run(pulumi, ["version"], { timeout: timeoutMs, env: quiet() });
    const found = ok("engine", `pulumi ${stdout.trim()} (${pulumi})`);
    const host = "pulumi-language-nodejs";
    if (isExecutable(join(dirname(pulumi), host)) || onPath(host) !== undefined) return found;
    return { level: "warning", check: "engine", text: `${found.text}, without ${host} beside it`, advice };
  } catch (error) {
    const text = `${pulumi} does not run: ${(error as Error).message.split("\n")[0] ?? ""}`;
    return { level: "error", check: "engine", text, advice };
  }
}

async function qemuImg(): Promise<Finding> {
  try {
    await requireQemuImg();
    return ok("qemu-img", "qemu-img is there, for images of vmdk, vdi, vhd(x), raw and ova disks");
  } catch (error) {
    return failed("qemu-img", error, "warning");
  }
}

/** Suppresses all output except the requested result. */
export function quiet(): NodeJS.ProcessEnv {
  return { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
}
