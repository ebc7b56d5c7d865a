// Drives the provider from another process, as Pulumi's dynamic-provider server does, so that it can be measured.
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("provider-process.cjs", import.meta.url));

export class ProviderProcess {
  #child;
  #calls = new Map();
  #config;

  /**
   * @param {import("./site.mjs").Site} site
   * @param {string} cacheDir where hashes are cached
   */
  constructor(site, cacheDir) {
    this.#config = { "lxd:socket": site.socket, "lxd:project": site.project };
    this.#child = fork(program, { env: { ...process.env, XDG_CACHE_HOME: cacheDir } });
    this.#child.on("message", ({ id, result, error }) => {
      const { resolve, reject } = this.#calls.get(id);
      this.#calls.delete(id);
      if (error === undefined) resolve(result);
      else reject(new Error(error));
    });
  }

  /** Calls a method of a kind. */
  call(kindName, method, ...args) {
    return new Promise((resolve, reject) => {
      const id = Symbol().toString() + Math.random();
      this.#calls.set(id, { resolve, reject });
      this.#child.send({ id, kindName, method, args, config: this.#config });
    });
  }

  /** Checks the inputs of an ISO volume, which hashes its file; returns the computed inputs. */
  async check(name, args, olds = {}) {
    const urn = `urn:pulumi:bench::bench::pulumi-nodejs:dynamic/lxd:IsoVolume::${name}`;
    const { inputs, failures } = await this.call("IsoVolume", "check", olds, { ...args, __urn: urn });
    if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
    return inputs;
  }

  stop() {
    this.#child.kill();
  }
}
