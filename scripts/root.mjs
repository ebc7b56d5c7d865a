// The repository folder, and the function with which scripts run other programs in it.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Runs a program in the repository with this terminal; resolves to its exit code.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string | undefined> }} [options] `env` is added to this process's own
 * @returns {Promise<number>}
 */
export function run(command, args, { env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: "inherit", env: { ...process.env, ...env } });
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 1)));
  });
}

/**
 * The same for a program that runs beside others; resolves to its output too.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string | undefined> }} [options]
 * @returns {Promise<{ code: number, output: string }>}
 */
export function runCaptured(command, args, { env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text) => (output += text));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

/**
 * Runs a program in this terminal that must succeed.
 * @param {string} command
 * @param {readonly string[]} args
 */
export async function mustRun(command, args) {
  const code = await run(command, args);
  if (code !== 0) throw new Error(`\`${[command, ...args].join(" ")}\` ended with exit code ${code}.`);
}

/**
 * Whether a module was started by node rather than imported.
 * @param {string} url the module's `import.meta.url`
 */
export function isMain(url) {
  return process.argv[1] === fileURLToPath(url);
}
