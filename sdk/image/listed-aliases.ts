// Which aliases the images of a program list: one that moves is not taken away before the image that gets it is there.
import * as pulumi from "@pulumi/pulumi";

/** Of the arguments of an image. */
interface Listed {
  aliases?: unknown;
  project?: unknown;
  remote?: unknown;
}

/** By run: the automation API can have several in one process. */
const runs = new WeakMap<object, Listed[]>();
const noStack = {};

/**
 * The aliases that other images of the program list, as far as they are plain text, on the same server and project. The
 * engine may not have heard of these images when it updates this one, which they may even wait for. So the answer comes when
 * the program has had its turn to make them.
 */
export async function aliasesElsewhere(own: Listed): Promise<string[]> {
  const run = pulumi.runtime.getStackResource() ?? noStack;
  const all = runs.get(run) ?? [];
  runs.set(run, [...all, own]);
  await new Promise((resolve) => setImmediate(resolve));
  const others = (runs.get(run) ?? []).filter((other) => other !== own && isSamePlace(other, own));
  return [...new Set(others.flatMap(({ aliases }) => plainNames(aliases)))].sort();
}

/** As it is written: whoever writes one place in two ways has an alias made again instead of moved. */
function isSamePlace(one: Listed, other: Listed): boolean {
  return one.project === other.project && one.remote === other.remote;
}

function plainNames(aliases: Listed["aliases"]): string[] {
  if (!Array.isArray(aliases)) return [];
  return aliases.flatMap((alias: unknown) => {
    const name = typeof alias === "object" && alias !== null && "name" in alias ? alias.name : alias;
    return typeof name === "string" ? [name] : [];
  });
}
