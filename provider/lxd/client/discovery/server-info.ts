// What a server reports about itself: product, version and features.
import * as z from "zod";
import { LxdError } from "../../../base/errors";
import { releasesWith } from "./features";

export const serverInfoSchema = z
  .object({
    /** Incus 7 does not report them to untrusted clients. */
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
    /** The host name, unless another name is configured; empty if not reported. */
    name: wire.environment?.server_name ?? "",
    /** Drivers of storage pools; empty if not reported. */
    storageDrivers: (wire.environment?.storage_supported_drivers ?? []).map(({ Name: name }) => name),
    clustered: wire.environment?.server_clustered ?? false,
    /** Whether virtual machines can run, not only be created. */
    virtualMachines: (wire.environment?.driver ?? "").includes("qemu"),
    /** `lxc | qemu` */
    driver: wire.environment?.driver ?? "",
    /** Identifies the server, whatever its address; undefined if not reported. */
    fingerprint: wire.environment?.certificate_fingerprint || undefined,
    /** The same certificate as PEM; undefined if not reported. */
    certificate: wire.environment?.certificate || undefined,
    /** `HOST:PORT` of each listener; empty if the server has only its socket. */
    addresses: wire.environment?.addresses ?? [],
    /** Supported architectures, starting with the server's own. */
    architectures: wire.environment?.architectures ?? [],
    trusted: wire.auth === "trusted",
    extensions: new Set(wire.api_extensions),
  }));
export type ServerInfo = z.output<typeof serverInfoSchema>;
export type Product = "incus" | "lxd";

/** Returns `X-LXD` or `X-Incus`, the prefix of this product's special headers. */
export function headerPrefix(info: ServerInfo): string {
  return info.product === "incus" ? "X-Incus" : "X-LXD";
}

/** Throws an error unless the server has an API extension. */
export function requireExtension(info: ServerInfo, extension: string, feature: string): void {
  if (!info.extensions.has(extension)) throw missingExtension(info, extension, feature);
}

/** Returns the error for a server without an API extension. */
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

/** Untrusted clients do not get the environment, but an extension that only one product has reveals it. */
function productOf(server: string | undefined, extensions: string[]): Product {
  if (server !== undefined) return server === "incus" ? "incus" : "lxd";
  return extensions.includes("dev_incus_events") || extensions.includes("restrict_dev_incus") ? "incus" : "lxd";
}
