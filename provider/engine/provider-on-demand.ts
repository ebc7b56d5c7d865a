// Loads a provider with its first call: Pulumi's server obtains it synchronously, and a program uses few kinds.
import { type DynamicProvider } from "./pulumi/dynamic-provider";
import { once } from "../base/once";

type Call<Name extends keyof DynamicProvider> = DynamicProvider[Name];

export class ProviderOnDemand implements DynamicProvider {
  readonly #loaded: () => Promise<DynamicProvider>;

  constructor(load: () => Promise<DynamicProvider>) {
    this.#loaded = once(load);
  }

  readonly configure: Call<"configure"> = async (...args) => (await this.#loaded()).configure(...args);
  readonly check: Call<"check"> = async (...args) => (await this.#loaded()).check(...args);
  readonly diff: Call<"diff"> = async (...args) => (await this.#loaded()).diff(...args);
  readonly create: Call<"create"> = async (...args) => (await this.#loaded()).create(...args);
  readonly read: Call<"read"> = async (...args) => (await this.#loaded()).read(...args);
  readonly update: Call<"update"> = async (...args) => (await this.#loaded()).update(...args);
  readonly delete: Call<"delete"> = async (...args) => (await this.#loaded()).delete(...args);
}
