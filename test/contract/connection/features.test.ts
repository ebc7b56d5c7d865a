// The table of features against the servers that are here: each of them has what the table says of its release.
import { expect } from "vitest";
import { type Feature, features, type Line, lines } from "../../../provider/lxd/client/discovery/features";
import { describeEachDaemon, type TestDaemon, textAt } from "../harness";

const numbers = (release: string): number[] => release.split(".").map(Number);

/** The line that a release belongs to: the longest one that it begins with. */
function lineOf(product: string, version: string): Line | undefined {
  const ofProduct = lines.filter((line) => line.startsWith(product) && `${product} ${version}.`.startsWith(`${line}.`));
  return ofProduct.sort((a, b) => b.length - a.length)[0];
}

function isSince(version: string, first: string | undefined): boolean {
  if (first === undefined) return false;
  const [have, need] = [numbers(version), numbers(first)];
  const i = need.findIndex((number, at) => (have[at] ?? 0) !== number);
  return i === -1 || (have[i] ?? 0) > (need[i] ?? 0);
}

describeEachDaemon({ name: "the table of features", on: ["incus", "lxd", "incus-cluster"] }, (daemon: TestDaemon) => {
  daemon.test("is right about this server", {}, async () => {
    const { body } = await daemon.raw.get("/1.0");
    const version = textAt(body.metadata, "environment", "server_version");
    const line = lineOf(daemon.product === "incus" ? "Incus" : "LXD", version);
    expect(line, `${daemon.product} ${version}`).toBeDefined();
    const said = Object.entries<Feature>(features).map(
      ([extension, { since }]) => [extension, line !== undefined && isSince(version, since[line])] as const,
    );
    const had = Object.keys(features).map((extension) => [extension, daemon.has(extension)]);
    expect(had).toEqual(said);
  });
});
