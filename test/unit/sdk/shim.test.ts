// The provider text in every stack's state is a contract for ever: never change it, and keep it small.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as vm from "node:vm";
import { describe, expect, it } from "vitest";
import * as provider from "../../../provider";
import { type KindName, serializedProvider } from "../../../sdk/resource/resource";

const golden = JSON.parse(readFileSync(join(__dirname, "shim.golden.json"), "utf8")) as Record<KindName, string>;
const kindNames = Object.keys(golden) as KindName[];
/** What states of earlier commits load: the old name of an export, and the present one. */
const formerNames: [string, KindName][] = [
  ["Snapshot", "InstanceSnapshot"],
  ["Volume", "StorageVolume"],
];
const textOf = (name: string): string => `exports.handler=require('pulumi-lxd/provider').${name}`;

describe("the provider text in the state", () => {
  it("names the class of the resource, and the package exports nothing but these and the former names", () => {
    for (const kindName of kindNames) expect(golden[kindName]).toBe(textOf(kindName));
    expect(Object.keys(provider).sort()).toEqual([...kindNames, ...formerNames.map(([name]) => name)].sort());
  });

  it.each(kindNames)("of %s is what earlier releases have written", (kindName) => {
    expect(serializedProvider(kindName)).toBe(golden[kindName]);
  });

  it.each(kindNames)("of %s takes less than 160 bytes of each resource, in inputs and outputs together", (kindName) => {
    const field = JSON.stringify({ __provider: golden[kindName] }).slice(1, -1);
    expect(2 * Buffer.byteLength(`${field},`)).toBeLessThan(160);
  });

  const texts = [...kindNames, ...formerNames.map(([name]) => name)].map((name) => [name, textOf(name)]);
  it.each(texts)("of %s gives the server a provider when it is run as the server runs it", (_, text) => {
    const { served, required } = serve(text);
    expect(required).toEqual(["pulumi-lxd/provider"]);
    for (const method of ["configure", "check", "diff", "create", "read", "update", "delete"]) {
      expect(served).toHaveProperty(method, expect.any(Function));
    }
  });

  it.each(formerNames)("of a state that says %s gives it the provider of %s", (former, kindName) => {
    const exports: Record<string, unknown> = provider;
    expect(exports[former]).toBeDefined();
    expect(exports[former]).toBe(provider[kindName]);
  });
});

function serve(text: string): { served: unknown; required: string[] } {
  const required: string[] = [];
  const load = (name: string): unknown => (required.push(name), provider);
  const module = { exports: {} as { handler?: () => unknown } };
  vm.runInNewContext(text, { exports: module.exports, require: load });
  return { served: module.exports.handler?.(), required };
}
