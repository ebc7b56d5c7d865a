// Where the daemons of the contract suite come from: the embedded one starts here, real ones are named by their socket.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type EmbeddedDaemonOptions, startEmbeddedDaemon } from "../../../embedded";

export type DaemonKind = "embedded" | "embedded-lxd" | "incus" | "lxd" | "incus-cluster";

/** A daemon that runs. */
export interface Started {
  socket: string;
  stop: () => Promise<void>;
}

/** Where a daemon comes from. */
export interface Source {
  kind: DaemonKind;
  product: "incus" | "lxd";
  /** What to do to have it; undefined when it is there. */
  missing?: string | undefined;
  start(): Promise<Started>;
}

function embedded(kind: DaemonKind, options: Omit<EmbeddedDaemonOptions, "dir">): Source {
  const start = async () => {
    const dir = await mkdtemp(join(tmpdir(), "pulumi-lxd-daemon-"));
    const daemon = await startEmbeddedDaemon({ dir, guestBootMs: 300, emptyDefaultProfile: true, ...options });
    const stop = async () => {
      await daemon.stop();
      await rm(dir, { recursive: true, force: true });
    };
    return { socket: daemon.socket, stop };
  };
  return { kind, product: options.server ?? "incus", start };
}

function real(kind: "incus" | "lxd" | "incus-cluster", variable: string): Source {
  const socket = process.env[variable] ?? "";
  const what = kind === "incus-cluster" ? "the socket of a member of a real cluster" : "a real daemon's socket";
  const missing = socket === "" ? `set ${variable} to ${what}` : undefined;
  const product = kind === "lxd" ? "lxd" : "incus";
  return { kind, product, missing, start: () => Promise.resolve({ socket, stop: () => Promise.resolve() }) };
}

export const sources: readonly Source[] = [
  embedded("embedded", {}),
  embedded("embedded-lxd", { server: "lxd", withExtensions: ["storage_and_profile_operations"] }),
  real("incus", "INCUS_SOCKET"),
  real("lxd", "LXD_SOCKET"),
  real("incus-cluster", "INCUS_CLUSTER_SOCKET"),
];

/** What a suite meets unless it says otherwise: a cluster is only for what clusters are about. */
export const usual: readonly DaemonKind[] = ["embedded", "embedded-lxd", "incus", "lxd"];

/** For suites of many runs, which differ on LXD only by what the real one does. */
export const withoutSimulatedLxd: readonly DaemonKind[] = ["embedded", "incus", "lxd"];
