// Shows which calls of the engine reach the provider: the package is linked to a program with a log before each method.
import { existsSync, readFileSync } from "node:fs";
import { mkdir, rm, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { workspace } from "./package";

/** One call, as it began. */
export interface LoggedCall {
  method: "check" | "diff" | "create" | "read" | "update" | "delete";
  /** The last part of the URN. */
  name: string;
  /** Of a check: whether the engine gave it old inputs. */
  hasOlds: boolean | undefined;
  /** The description in the state that the call is about, or else in its inputs. */
  description: string | undefined;
}

const provider = (log: string): string => `
const { appendFileSync } = require("node:fs");
const real = require(${JSON.stringify(join(workspace, "dist/provider/index.js"))});
const states = { check: [1], diff: [1], create: [0], read: [1], update: [1], delete: [1] };
const note = (method, args) => {
  const first = args[states[method][0]] ?? {};
  const urn = [...args].reverse().map((arg) => arg?.__urn).find((found) => found !== undefined) ?? "";
  const hasOlds = method === "check" ? Object.keys(args[0]).length > 0 : undefined;
  const call = { method, name: urn.split("::").at(-1), hasOlds, description: first.description };
  appendFileSync(${JSON.stringify(log)}, JSON.stringify(call) + "\\n");
};
for (const name of Object.keys(real)) {
  exports[name] = () => {
    const served = real[name]();
    for (const method of Object.keys(states)) {
      const own = served[method].bind(served);
      served[method] = (...args) => (note(method, args), own(...args));
    }
    return served;
  };
}
`;

export class CallLog {
  readonly #file: string;

  constructor(private readonly programDir: string) {
    this.#file = join(programDir, "calls.log");
  }

  /** Puts the logged package in the place of the one that the program has. */
  async install(): Promise<void> {
    const dir = join(this.programDir, "node_modules/pulumi-lxd");
    await unlink(dir);
    await mkdir(dir);
    const exports = { ".": "./index.js", "./provider": "./provider.js" };
    await writeFile(join(dir, "package.json"), JSON.stringify({ name: "pulumi-lxd", version: "0.0.0", exports }));
    await writeFile(join(dir, "index.js"), `module.exports = require(${JSON.stringify(workspace)});`);
    await writeFile(join(dir, "provider.js"), provider(this.#file));
  }

  /** The calls since the last look, first to last. */
  async taken(): Promise<LoggedCall[]> {
    const text = existsSync(this.#file) ? readFileSync(this.#file, "utf8") : "";
    await rm(this.#file, { force: true });
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as LoggedCall);
  }
}
