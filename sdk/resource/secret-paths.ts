// Finds the secrets in a program's inputs: the provider receives plain values and must not reveal them.
import * as pulumi from "@pulumi/pulumi";

type Path = (string | number)[];

/**
 * Returns the paths of all secrets in a resource's inputs, or undefined if there are none, so that nothing is added to
 * the state.
 */
export async function secretPaths(inputs: pulumi.Inputs): Promise<Path[] | undefined> {
  const candidates = outputsIn(inputs, []).map(async ({ path, output }) => ({
    path,
    isSecret: await isSecret(output),
  }));
  const secrets = (await Promise.all(candidates)).filter((each) => each.isSecret);
  return secrets.length === 0 ? undefined : secrets.map(({ path }) => path);
}

/** A rejected value counts as not secret; the resource that waits for the value reports the error. */
function isSecret(output: pulumi.Output<unknown>): Promise<boolean> {
  return pulumi.isSecret(output).catch(() => false);
}

interface Candidate {
  path: Path;
  output: pulumi.Output<unknown>;
}

/** Only outputs can be secret, and a secret output is secret as a whole. */
function outputsIn(value: unknown, path: Path): Candidate[] {
  if (typeof value !== "object" || value === null || pulumi.Resource.isInstance(value)) return [];
  if (pulumi.Output.isInstance(value)) return [{ path, output: value }];
  if (value instanceof Promise) return [{ path, output: pulumi.output(value) }];
  if (Array.isArray(value)) return value.flatMap((each, i) => outputsIn(each, [...path, i]));
  return Object.entries(value).flatMap(([key, each]) => outputsIn(each, [...path, key]));
}
