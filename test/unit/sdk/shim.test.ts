// The provider text in every stack's state is a contract for ever: never change it, and keep it small.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as vm from "node:vm";
import { describe, expect, it } from "vitest";
import * as provider from "../../../provider";
import { at } from "../../contract/harness/raw";
import { type Noun, serializedProvider } from "../../../sdk/resource/resource";

const golden = JSON.parse(readFileSync(join(__dirname, "shim.golden.json"), "utf8")) as Record<Noun, string>;
const nouns = Object.keys(golden) as Noun[];
/** What states of earlier commits load: the old name of an export, and the present one. */
const formerNames: [string, Noun][] = [
  ["Snapshot", "InstanceSnapshot"],
  ["Volume", "StorageVolume"],
];
const textOf = (name: string): string => `exports.handler=require('pulumi-lxd/provider').${name}`;

describe("the provider text in the state", () => {
  it("names the class of the resource, and the package exports nothing but these and the former names", () => {
    for (const noun of nouns) expect(golden[noun]).toBe(textOf(noun));
    expect(Object.keys(provider).sort()).toEqual([...nouns, ...formerNames.map(([name]) => name)].sort());
  });

  it.each(nouns)("of %s is what earlier releases have written", (noun) => {
    expect(serializedProvider(noun)).toBe(golden[noun]);
  });

  it.each(nouns)("of %s takes less than 160 bytes of each resource, in inputs and outputs together", (noun) => {
    const field = JSON.stringify({ __provider: golden[noun] }).slice(1, -1);
    expect(2 * Buffer.byteLength(`${field},`)).toBeLessThan(160);
  });

  const texts = [...nouns, ...formerNames.map(([name]) => name)].map((name) => [name, textOf(name)]);
  it.each(texts)("of %s gives the server a provider when it is run as the server runs it", (_, text) => {
    const { served, required } = serve(text);
    expect(required).toEqual(["pulumi-lxd/provider"]);
    for (const method of ["configure", "check", "diff", "create", "read", "update", "delete"]) {
      expect(served).toHaveProperty(method, expect.any(Function));
    }
  });

  it.each(formerNames)("of a state that says %s gives it the provider of %s", (former, noun) => {
    const kindOf = (name: string): unknown => at(serve(textOf(name)).served, "kind");
    expect(kindOf(former)).toBeDefined();
    expect(kindOf(former)).toBe(kindOf(noun));
  });
});

function serve(text: string): { served: unknown; required: string[] } {
  const required: string[] = [];
  const load = (name: string): unknown => (required.push(name), provider);
  const module = { exports: {} as { handler?: () => unknown } };
  vm.runInNewContext(text, { exports: module.exports, require: load });
  return { served: module.exports.handler?.(), required };
}
