// A process of the provider, played in this one: with its own copy of every module, and an end after which it sends
// nothing. Made in milliseconds, where a real process takes half a second.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { Script } from "node:vm";
import * as undici from "undici";

import type { DynamicProvider } from "../../provider/engine/pulumi/dynamic-provider";
import { compiled } from "../../scripts/faults/compiled.cjs";

const root = resolve(__dirname, "../../provider");
/** Packages are shared by all processes. */
const outer = createRequire(join(root, "index.ts"));

type Exports = Record<string, unknown>;
type Body = (exports: Exports, require: (name: string) => unknown, module: { exports: Exports }) => void;

/** Compiled once for all processes. */
const bodies = new Map<string, Body>();

function bodyOf(file: string): Body {
  const known = bodies.get(file);
  if (known !== undefined) return known;
  const text = `(function (exports, require, module) {${compiled(file, "CommonJS")}\n})`;
  const body = new Script(text, { filename: file }).runInThisContext() as Body;
  bodies.set(file, body);
  return body;
}

const files = new Map<string, string>();

function fileOf(from: string, name: string): string {
  const key = `${from} ${name}`;
  const known = files.get(key);
  if (known !== undefined) return known;
  const path = resolve(dirname(from), name).replace(/\.js$/, "");
  const found = [`${path}.ts`, join(path, "index.ts")].find((file) => existsSync(file));
  if (found === undefined) throw new Error(`${from} requires ${name}, which is not there`);
  files.set(key, found);
  return found;
}

/** What the engine is told when the process that it calls is dead. */
export class Died extends Error {}

/** Does something with a new process, which ends with it. */
export async function inProcess<T>(work: (process: ProviderProcess) => Promise<T>): Promise<T> {
  const process = new ProviderProcess();
  try {
    return await work(process);
  } finally {
    process.end();
  }
}

export class ProviderProcess {
  readonly #modules = new Map<string, { exports: Exports }>();
  readonly #providers = new Map<string, DynamicProvider>();
  #isDead = false;
  #isOrphan = false;
  #die: (reason: Died) => void = () => undefined;
  readonly #death = new Promise<never>((_resolve, reject) => (this.#die = reject));

  constructor() {
    this.#death.catch(() => undefined);
  }

  /** By the name of its export: `IsoVolume`. */
  provider(name: string): DynamicProvider {
    const known = this.#providers.get(name);
    if (known !== undefined) return known;
    const make = this.#load(join(root, "index.ts"))[name] as () => DynamicProvider;
    const provider = make();
    void provider.configure({ config: { get: () => undefined } });
    this.#providers.set(name, provider);
    return provider;
  }

  /** Its engine has done all that it wanted. */
  end(): void {
    if (!this.#isOrphan) this.kill();
  }

  /** What a call comes to, unless the process dies first. */
  call<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#death]);
  }

  /** SIGKILL. What is under way never goes on: it connects to nothing any more, and nobody hears of it. */
  kill(): void {
    this.#isDead = true;
    this.#die(new Died("the provider process died"));
  }

  /** Its engine is gone: it notices, ends by itself, and what it comes to is heard by nobody. */
  orphan(): void {
    this.#isOrphan = true;
    this.#die(new Died("the engine died"));
    this.#stop("Pulumi's engine has exited");
  }

  /** Ctrl-C. */
  cancel(): void {
    this.#stop("the run was cancelled");
  }

  #stop(why: string): void {
    const { callsOfEngine } = this.#load(join(root, "engine/pulumi/pulumi-engine.ts")) as {
      callsOfEngine: () => { stop: (why: string) => void };
    };
    callsOfEngine().stop(why);
  }

  #load(file: string): Exports {
    const known = this.#modules.get(file);
    if (known !== undefined) return known.exports;
    const module = { exports: {} };
    this.#modules.set(file, module);
    const require = (name: string): unknown => {
      if (name === "undici") return { ...undici, Agent: this.#agent() };
      return name.startsWith(".") ? this.#load(fileOf(file, name)) : outer(name);
    };
    bodyOf(file)(module.exports, require, module);
    return module.exports;
  }

  /** Connects as long as the process lives. */
  #agent(): typeof undici.Agent {
    const isDead = (): boolean => this.#isDead;
    return class extends undici.Agent {
      constructor(options: undici.Agent.Options = {}) {
        const { connect } = options;
        const connector = typeof connect === "function" ? connect : undici.buildConnector(connect ?? {});
        super({ ...options, connect: (target, done) => (isDead() ? undefined : connector(target, done)) });
      }
    };
  }
}
