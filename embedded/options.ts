// Options of an embedded daemon and their defaults.
import { join, resolve } from "node:path";

import { type Product, productOf, type ServerKind } from "./product";

export interface EmbeddedDaemonOptions {
  /** Folder that holds the daemon's whole state; created if absent. A daemon restarted on it resumes from its state. */
  dir: string;
  /** Path of the Unix socket. Default: `<dir>/unix.socket`. */
  socket?: string;
  /**
   * The product to emulate: determines the header family (`X-Incus-*`, `X-LXD-*`) and the API extensions. Default:
   * "incus".
   */
  server?: ServerKind;
  /** Milliseconds that a simulated guest takes to boot, and an installer to install. Default: 1500. */
  guestBootMs?: number;
  /** API extensions to announce and implement, beyond the product's own: `["storage_and_profile_operations"]`. */
  withExtensions?: readonly string[];
  /** API extensions to omit: `["custom_volume_iso"]` results in a server without ISO volumes. */
  withoutExtensions?: readonly string[];
  /** Architectures that it reports, its own first. Default: `["x86_64", "i686"]`. */
  architectures?: readonly string[];
  /** Milliseconds that a finished operation can still be read. Default: 5000, as on the real daemons. */
  operationTtlMs?: number;
  /**
   * How the wait endpoint reports a failed operation: as an error (Incus up to 6.0.4, LXD since 5.0.3), or as the
   * failed operation itself (Incus since 6.0.5). Default: "error".
   */
  failedWait?: "error" | "operation";
  /** Milliseconds that a copy into a pool takes, to test what a killed daemon leaves. Default: 0. */
  copyMs?: number;
  /**
   * Whether the `default` profile of a new folder has no devices, as before `incus admin init`. Otherwise the daemon
   * starts as after `incus admin init --minimal`: a bridge, and a profile with a root disk in the pool `default` and a
   * network card on the bridge. Default: false.
   */
  emptyDefaultProfile?: boolean;
}

/** The options with all defaults applied. */
export interface Settings {
  readonly dir: string;
  readonly socket: string;
  readonly product: Product;
  readonly guestBootMs: number;
  readonly architectures: readonly string[];
  readonly operationTtlMs: number;
  readonly failedWait: "error" | "operation";
  readonly copyMs: number;
  readonly emptyDefaultProfile: boolean;
}

export function completeOptions(options: EmbeddedDaemonOptions): Settings {
  const dir = resolve(options.dir);
  return {
    dir,
    socket: resolve(options.socket ?? join(dir, "unix.socket")),
    product: productOf(options.server ?? "incus", {
      add: options.withExtensions ?? [],
      remove: options.withoutExtensions ?? [],
    }),
    guestBootMs: options.guestBootMs ?? 1500,
    architectures: options.architectures ?? ["x86_64", "i686"],
    operationTtlMs: options.operationTtlMs ?? 5000,
    failedWait: options.failedWait ?? "error",
    copyMs: options.copyMs ?? 0,
    emptyDefaultProfile: options.emptyDefaultProfile ?? false,
  };
}
