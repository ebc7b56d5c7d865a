// What a daemon says of itself: product, version and the features that it has.
import { z } from "zod";
import { LxdError } from "../../../base/errors";
import { releasesWith } from "./features";

export const serverInfoSchema = z
  .object({
    /** Incus 7 does not tell them to strangers. */
    api_extensions: z
      .array(z.string())
      .nullable()
      .transform((list) => list ?? []),
    auth: z.string(),
    environment: z
      .object({
        server: z.string(),
        server_version: z.string().default("unknown"),
        server_name: z.string().default(""),
        server_clustered: z.boolean().default(false),
        driver: z.string().default(""),
        architectures: z.array(z.string()).default([]),
        certificate_fingerprint: z.string().default(""),
        certificate: z.string().default(""),
        addresses: z.array(z.string()).nullish(),
        storage_supported_drivers: z.array(z.object({ Name: z.string() })).nullish(),
      })
      .optional(),
  })
  .transform((wire) => ({
    product: productOf(wire.environment?.server, wire.api_extensions),
    version: wire.environment?.server_version ?? "unknown",
    /** Its host's name, unless it was given another; empty if it does not say. */
    name: wire.environment?.server_name ?? "",
    /** Of storage pools; none if the server does not say. */
    storageDrivers: (wire.environment?.storage_supported_drivers ?? []).map(({ Name: name }) => name),
    clustered: wire.environment?.server_clustered ?? false,
    /** Whether virtual machines can be run, not only made. */
    virtualMachines: (wire.environment?.driver ?? "").includes("qemu"),
    /** `lxc | qemu` */
    driver: wire.environment?.driver ?? "",
    /** What it is known by, wherever it is met; undefined where it does not say. */
    fingerprint: wire.environment?.certificate_fingerprint || undefined,
    /** That certificate as PEM; undefined where it does not say. */
    certificate: wire.environment?.certificate || undefined,
    /** `HOST:PORT` of all that it listens on; none if it has its socket only. */
    addresses: wire.environment?.addresses ?? [],
    /** What it can run, its own first. */
    architectures: wire.environment?.architectures ?? [],
    trusted: wire.auth === "trusted",
    extensions: new Set(wire.api_extensions),
  }));
export type ServerInfo = z.output<typeof serverInfoSchema>;
export type Product = "incus" | "lxd";

/** `X-LXD` or `X-Incus`: what this product's special headers begin with. */
export function headerPrefix(info: ServerInfo): string {
  return info.product === "incus" ? "X-Incus" : "X-LXD";
}

/** An error unless the server has an API extension. */
export function requireExtension(info: ServerInfo, extension: string, feature: string): void {
  if (!info.extensions.has(extension)) throw missingExtension(info, extension, feature);
}

/** The error for a server without an API extension. */
export function missingExtension(info: ServerInfo, extension: string, feature: string): LxdError {
  const releases = releasesWith(extension);
  return new LxdError({
    code: "unsupported",
    why: `${describeServer(info)} has no ${feature} (API extension ${extension})`,
    advice: releases === undefined ? "Upgrade the server." : `Use ${releases} or newer.`,
  });
}

export function describeServer(info: ServerInfo): string {
  return `${info.product === "incus" ? "Incus" : "LXD"} ${info.version}`;
}

/** Untrusted callers are not told the environment; an extension of one product alone gives it away. */
function productOf(server: string | undefined, extensions: string[]): Product {
  if (server !== undefined) return server === "incus" ? "incus" : "lxd";
  return extensions.includes("dev_incus_events") || extensions.includes("restrict_dev_incus") ? "incus" : "lxd";
}
