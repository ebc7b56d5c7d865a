// The quickstart's stack: the example's program, with state and settings in `.quickstart/`.
import { mkdirSync } from "node:fs";
import { delimiter, dirname, join, relative } from "node:path";
import { root, run } from "../root.mjs";
import { hasStack } from "./daemon.mjs";

const name = "quickstart";
const program = "examples/quickstart";

export class QuickstartStack {
  #engine;
  #daemon;

  /**
   * @param {import("../engine/index.mjs").Engine} engine
   * @param {import("./daemon.mjs").Daemon} daemon
   */
  constructor(engine, daemon) {
    this.#engine = engine;
    this.#daemon = daemon;
  }

  /** Creates the stack; a stack left by an earlier run is destroyed first. */
  async create({ iso }) {
    const state = join(this.#daemon.dir, "state");
    mkdirSync(state, { recursive: true });
    this.#sayHowByHand();
    if (hasStack(this.#daemon.dir)) {
      console.log("An earlier run did not finish: its objects are removed first.");
      await this.pulumi("cancel", "--yes");
      await this.pulumi("config", "set", "lxd:socket", this.#daemon.socket);
      await this.remove();
    }
    await this.pulumi("stack", "init", "--no-select", name);
    await this.pulumi("config", "set", "lxd:socket", this.#daemon.socket);
    await this.pulumi("config", "set", "iso", iso);
  }

  async remove() {
    await this.pulumi("destroy", "--yes");
    await this.pulumi("stack", "rm", "--yes", name);
  }

  /** Prints and runs one command, which must succeed. */
  async pulumi(...args) {
    const configFile = relative(join(root, program), join(this.#daemon.dir, "config.yaml"));
    const settings = ["--stack", name, "--config-file", configFile];
    // `stack init` and `stack rm` specify the stack themselves.
    const own = args[0] === "stack" ? [] : args[0] === "cancel" ? settings.slice(0, 2) : settings;
    const flags = ["--cwd", program, ...own];
    console.log(`$ pulumi ${[...args, ...flags].map(quoted).join(" ")}`);
    const code = await run(this.#engine.pulumi, [...args, ...flags], { env: this.#variables() });
    if (code !== 0) throw new Error(`\`pulumi ${args.join(" ")}\` failed with exit code ${code}.`);
  }

  #sayHowByHand() {
    const { how, pulumi } = this.#engine;
    console.log("To run the commands below yourself, first set:\n");
    if (how !== "path") console.log(`  export PATH=${quoted(dirname(pulumi))}${delimiter}$PATH`);
    for (const [variable, value] of Object.entries(this.#variables())) {
      console.log(`  export ${variable}=${quoted(value)}`);
    }
    console.log("");
  }

  #variables() {
    return {
      ...this.#engine.env,
      PULUMI_BACKEND_URL: `file://${join(this.#daemon.dir, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "quickstart",
    };
  }
}

/** Quotes a word for a shell if necessary. */
function quoted(word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
