// Reads this package's settings in the stack's config.
import { type Failure, type StackConfig } from "../kind/kind";
import { nearest } from "../base/nearest";

/** The keys, each as `lxd:KEY`. */
export const configKeys = [
  "remote",
  "socket",
  "address",
  "serverCertificateFingerprint",
  "certificateAuthority",
  "clientCertificate",
  "clientKey",
  "trustToken",
  "bearerToken",
  "project",
  "parallel",
  "parallelBuilds",
] as const satisfies (keyof StackConfig)[];

export function stackConfig(get: (key: string) => string | undefined): StackConfig {
  return Object.fromEntries(configKeys.map((key) => [key, get(`lxd:${key}`)]));
}

/** Returns keys that are not settings, each with a suggestion that ends a sentence. */
export function unknownSettings(keys: readonly string[]): { key: string; hint: string }[] {
  return keys
    .filter((key) => !(configKeys as readonly string[]).includes(key))
    .map((key) => {
      const near = nearest(key, [...configKeys]);
      return { key, hint: near === undefined ? "" : `; did you mean lxd:${near}?` };
    });
}

const places = ["remote", "socket", "address"] as const;

/** Returns errors in the settings. A mistyped key would otherwise silently select another server. */
export function stackConfigFailures(names: readonly string[]): Failure[] {
  const own = names.filter((name) => name.startsWith("lxd:")).map((name) => name.slice("lxd:".length));
  const reasons = unknownSettings(own).map(
    ({ key, hint }) =>
      `the stack's config has lxd:${key}, which is not a setting${hint} \`pulumi config rm lxd:${key}\` removes it`,
  );
  const set = places.filter((key) => own.includes(key));
  const several = set.map((key) => `lxd:${key}`).join(" and ");
  if (set.length > 1) reasons.push(`the stack's config names the server more than once: ${several}; keep one of them`);
  return reasons.map((reason) => ({ property: "", reason }));
}
