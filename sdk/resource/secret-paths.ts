// Where a program has written secrets: the provider is given their values in clear, and is to repeat none of them.
import * as pulumi from "@pulumi/pulumi";

type Path = (string | number)[];

/**
 * The paths of all secrets in the inputs of a resource; undefined if there are none, so that states without secrets have
 * nothing of it.
 */
export async function secretPaths(inputs: pulumi.Inputs): Promise<Path[] | undefined> {
  const candidates = outputsIn(inputs, []).map(async ({ path, output }) => ({
    path,
    isSecret: await isSecret(output),
  }));
  const secrets = (await Promise.all(candidates)).filter((each) => each.isSecret);
  return secrets.length === 0 ? undefined : secrets.map(({ path }) => path);
}

/** One that fails is told by the resource that waits for its value. */
function isSecret(output: pulumi.Output<unknown>): Promise<boolean> {
  return pulumi.isSecret(output).catch(() => false);
}

interface Candidate {
  path: Path;
  output: pulumi.Output<unknown>;
}

/** Only an output can be secret; it is so as a whole, with all that is in it. */
function outputsIn(value: unknown, path: Path): Candidate[] {
  if (typeof value !== "object" || value === null || pulumi.Resource.isInstance(value)) return [];
  if (pulumi.Output.isInstance(value)) return [{ path, output: value }];
  if (value instanceof Promise) return [{ path, output: pulumi.output(value) }];
  if (Array.isArray(value)) return value.flatMap((each, i) => outputsIn(each, [...path, i]));
  return Object.entries(value).flatMap(([key, each]) => outputsIn(each, [...path, key]));
}
