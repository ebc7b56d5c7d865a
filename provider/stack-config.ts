// The stack's config, as far as it is this package's.
import { type StackConfig } from "./kind";

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
