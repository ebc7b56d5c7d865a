// The provider's configuration: `lxd:KEY` in a stack's config, or the arguments of an explicit provider.
import { configKeys, stackConfig, stackConfigFailures } from "../engine/stack-config";
import { type Failure, type StackConfig } from "../kind/kind";
import { hasUnknown, isUnknown } from "../kind/unknowns";
import { LxdError } from "../base/errors";
import { parallelBuilds } from "../resources/golden-build/build/build-semaphore";
import { parseParallel } from "../lxd/client/transport/concurrency-limiter";
import { type Props } from "../kind/props";

/** Arguments that the engine adds for itself. */
const ofEngine = ["version", "pluginDownloadURL", "__internal", "parameterization"];

export function configOf(args: Props): StackConfig {
  return stackConfig((key) => {
    const value = args[key.replace(/^lxd:/, "")];
    return value === undefined || value === null || value === "" ? undefined : textOf(value);
  });
}

/** Returns everything that is wrong with the configuration. Each failure names the setting. */
export function configFailures(args: Props): Failure[] {
  const present = Object.keys(args).filter((key) => args[key] !== null && !ofEngine.includes(key));
  const failures = stackConfigFailures(present.map((key) => `lxd:${key}`));
  const textual = present.filter((key) => (configKeys as readonly string[]).includes(key));
  for (const key of textual) {
    if (hasUnknown(args[key])) continue;
    if (typeof args[key] === "object") failures.push({ property: key, reason: `lxd:${key} must be text` });
  }
  failures.push(...failureOf(args, "parallel", parseParallel), ...failureOf(args, "parallelBuilds", parallelBuilds));
  return failures;
}

function failureOf(args: Props, key: string, parse: (text: string) => unknown): Failure[] {
  const value = args[key];
  if (value === undefined || value === null || typeof value === "object" || isUnknown(value)) return [];
  try {
    parse(textOf(value));
    return [];
  } catch (error) {
    const { why, advice = "" } = LxdError.from(error).details;
    return [{ property: key, reason: `${why}. ${advice}` }];
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
