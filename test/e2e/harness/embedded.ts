// An embedded daemon started as users start it: by the command line of the package that a project has installed.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface CommandLineDaemon {
  readonly socket: string;
  /** Everything that it has printed. */
  readonly output: () => string;
  /** Interrupts it, waits for its end and removes its folder; resolves to its exit code. */
  stop(): Promise<number | null>;
}

/** Runs `npx pulumi-lxd daemon` in the project's folder, and waits until it says that it listens. */
export async function startByCommandLine(projectDir: string): Promise<CommandLineDaemon> {
  const dir = await mkdtemp(join(tmpdir(), "pulumi-lxd-daemon-"));
  const args = ["--no-install", "pulumi-lxd", "daemon", "--dir", dir, "--guest-boot-ms", "300"];
  // A process group of its own: npx stands between, and a signal to it alone is not always passed on.
  const child = spawn("npx", args, { cwd: projectDir, stdio: ["ignore", "pipe", "pipe"], detached: true });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const stop = async (): Promise<number | null> => {
    signalGroup(child, "SIGINT");
    const code = await ended;
    await rm(dir, { recursive: true, force: true });
    return code;
  };
  const socket = join(dir, "unix.socket");
  while (!output.includes(socket)) {
    if (child.exitCode !== null) throw new Error(`pulumi-lxd daemon ended with ${child.exitCode}:\n${output}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return { socket, output: () => output, stop };
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid !== undefined) process.kill(-pid, signal);
}
