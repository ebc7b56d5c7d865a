// A Pulumi program in a temporary folder, run by the real CLI with the engine and state that end-to-end tests use.
import { execFile } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { ensureEngine } from "../engine/index.mjs";
import { root } from "../root.mjs";
import { seconds } from "./measure.mjs";

export class Stack {
  #engine;
  #dir;
  /** Added to the environment of each run. */
  env = {};

  /** @param {{ dir: string, name: string, program: string, config?: Record<string, string> }} options */
  static async create({ dir, name, program, config = {} }) {
    const stack = new Stack();
    stack.#engine = await ensureEngine();
    stack.#dir = join(dir, name);
    mkdirSync(join(stack.#dir, "node_modules"), { recursive: true });
    mkdirSync(join(stack.#dir, "state"));
    symlinkSync(root, join(stack.#dir, "node_modules/pulumi-lxd"));
    symlinkSync(join(root, "node_modules/@pulumi"), join(stack.#dir, "node_modules/@pulumi"));
    writeFileSync(join(stack.#dir, "index.js"), program);
    writeFileSync(join(stack.#dir, "package.json"), JSON.stringify({ name, private: true, main: "index.js" }));
    const runtime = "{ name: nodejs, options: { typescript: false } }";
    writeFileSync(join(stack.#dir, "Pulumi.yaml"), `name: ${name}\nruntime: ${runtime}\n`);
    await stack.#pulumi("stack", "init", "bench");
    for (const [key, value] of Object.entries(config)) await stack.#pulumi("config", "set", key, value);
    return stack;
  }

  /** Seconds of one operation, which must succeed. */
  time(operation, ...flags) {
    return seconds(() => this.#pulumi(operation, ...flags));
  }

  /** The resources in its state. */
  async resources() {
    return JSON.parse(await this.#pulumi("stack", "export")).deployment.resources;
  }

  /** Returns what it prints. */
  async #pulumi(...args) {
    const env = {
      ...process.env,
      ...this.#engine.env,
      ...this.env,
      PULUMI_BACKEND_URL: `file://${join(this.#dir, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "bench",
    };
    const options = { cwd: this.#dir, env, maxBuffer: 2 ** 28 };
    const run = promisify(execFile)(this.#engine.pulumi, ["--non-interactive", ...args], options);
    const { stdout } = await run.catch((error) => {
      throw new Error(`pulumi ${args.join(" ")} failed:\n${error.stdout}${error.stderr}`);
    });
    return stdout;
  }
}
