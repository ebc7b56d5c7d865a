// The provider text in every stack's state is a contract for ever: never change it, and keep it small.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as vm from "node:vm";
import { describe, expect, it } from "vitest";
import * as provider from "../../provider";
import { type Noun, serializedProvider } from "../../sdk/resource";

const golden = JSON.parse(readFileSync(join(__dirname, "shim.golden.json"), "utf8")) as Record<Noun, string>;
const nouns = Object.keys(golden) as Noun[];

describe("the provider text in the state", () => {
  it("has an entry for each noun that was ever released, and for no other", () => {
    const named = Object.values(golden).map((text) => /\.(\w+)$/.exec(text)?.[1]);
    expect(Object.keys(provider).sort()).toEqual(named.sort());
  });

  it.each(nouns)("of %s is what earlier releases have written", (noun) => {
    expect(serializedProvider(noun)).toBe(golden[noun]);
  });

  it.each(nouns)("of %s takes less than 150 bytes of each resource, in inputs and outputs together", (noun) => {
    const field = JSON.stringify({ __provider: golden[noun] }).slice(1, -1);
    expect(2 * Buffer.byteLength(`${field},`)).toBeLessThan(150);
  });

  it.each(nouns)("of %s gives the server a provider when it is run as the server runs it", (noun) => {
    const required: string[] = [];
    const load = (name: string): unknown => (required.push(name), provider);
    const module = { exports: {} as { handler?: () => unknown } };
    vm.runInNewContext(golden[noun], { exports: module.exports, require: load });
    const served = module.exports.handler?.();
    expect(required).toEqual(["pulumi-lxd/provider"]);
    for (const method of ["configure", "check", "diff", "create", "read", "update", "delete"]) {
      expect(served).toHaveProperty(method, expect.any(Function));
    }
  });
});
