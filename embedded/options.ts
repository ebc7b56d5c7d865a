// What a caller may choose about an embedded daemon, completed with defaults in one place.
import { join, resolve } from "node:path";

import { type Product, productOf, type ServerKind } from "./product";

export interface EmbeddedDaemonOptions {
  /** Folder that holds the daemon's whole state; made when absent. A daemon started on it again goes on from there. */
  dir: string;
  /** Path of the unix socket. Default: `<dir>/unix.socket`. */
  socket?: string;
  /** The product to play: decides the header family (`X-Incus-*`, `X-LXD-*`) and the API extensions. Default: "incus". */
  server?: ServerKind;
  /** Milliseconds that a simulated guest takes to boot, and an installer to install. Default: 1500. */
  guestBootMs?: number;
  /** API extensions to announce, and to behave by, beyond the product's own: `["storage_and_profile_operations"]`. */
  withExtensions?: readonly string[];
  /** API extensions to be without: `["custom_volume_iso"]` makes a server that knows no ISO volumes. */
  withoutExtensions?: readonly string[];
  /** What it says that it can run, its own first. Default: `["x86_64", "i686"]`. */
  architectures?: readonly string[];
  /** Milliseconds that a finished operation can still be read. Default: 5000, as the real daemons. */
  operationTtlMs?: number;
  /**
   * How the wait endpoint tells of a failed operation: as an error (Incus up to 6.0.4, LXD since 5.0.3), or as the
   * failed operation itself (Incus since 6.0.5). Default: "error".
   */
  failedWait?: "error" | "operation";
  /** Milliseconds that bytes take to be copied into a pool, for tests of what a killed daemon leaves. Default: 0. */
  copyMs?: number;
  /**
   * Whether a new folder's profile `default` has no devices, as before `incus admin init`. Otherwise the daemon starts
   * as `incus admin init --minimal` leaves it: a bridge, and a profile with a root disk in the pool `default` and a
   * network card on the bridge. Default: false.
   */
  emptyDefaultProfile?: boolean;
}

/** The options with nothing left open. */
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
