// The stack's config, as far as it is this package's.
import { type Failure, type StackConfig } from "../kind/kind";
import { nearest } from "../base/nearest";

/** Each is `lxd:KEY`. */
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

/** Keys that are no settings, with the nearest that is one, as the end of a sentence. */
export function unknownSettings(keys: readonly string[]): { key: string; hint: string }[] {
  return keys
    .filter((key) => !(configKeys as readonly string[]).includes(key))
    .map((key) => {
      const near = nearest(key, [...configKeys]);
      return { key, hint: near === undefined ? "" : `; did you mean lxd:${near}?` };
    });
}

const places = ["remote", "socket", "address"] as const;

/** What is wrong with the settings themselves. A mistyped one would otherwise choose another server without a word. */
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
