// Collects the aliases that a program's images list, so that an alias is not removed before its new image exists.
import * as pulumi from "@pulumi/pulumi";

/** The relevant arguments of an image. */
interface Listed {
  aliases?: unknown;
  project?: unknown;
  remote?: unknown;
}

/** Per run, because the Automation API can execute several runs in one process. */
const runs = new WeakMap<object, Listed[]>();
const noStack = {};

/**
 * Returns the aliases that other images of the program list as plain text, on the same server and project. The engine
 * may not know these images yet when it updates this one, and they may even depend on it. So the result is available
 * only after the program has had a turn to create them.
 */
export async function aliasesElsewhere(own: Listed): Promise<string[]> {
  const run = pulumi.runtime.getStackResource() ?? noStack;
  const all = runs.get(run) ?? [];
  runs.set(run, [...all, own]);
  await new Promise((resolve) => setImmediate(resolve));
  const others = (runs.get(run) ?? []).filter((other) => other !== own && isSamePlace(other, own));
  return [...new Set(others.flatMap(({ aliases }) => plainNames(aliases)))].sort();
}

/**
 * Compares server and project as written: if a program writes the same place in two ways, the alias is created again
 * instead of moved.
 */
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
