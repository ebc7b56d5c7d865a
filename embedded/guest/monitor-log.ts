// The log of commands that Incus sends to QEMU, which shows whether a VM was stopped from outside or by itself.
import { appendFileSync, existsSync, readFileSync, renameSync, rmSync } from "node:fs";

import type { InstanceRecord } from "../store/records";
import type { Store } from "../store/store";

type Ref = Pick<InstanceRecord, "project" | "name">;

export type Order = "cont" | "quit" | "system_powerdown";

export function logOrder(store: Store, instance: Ref, order: Order): void {
  const time = `${new Date().toISOString().slice(0, 19)}Z`;
  const lines = [`[${time}] QUERY: {"execute":"${order}"}`, `[${time}] REPLY: {"return": {}}`, "", ""];
  appendFileSync(store.monitorPath(instance), lines.join("\n"));
}

/** For the last start; undefined for a VM that was never started. */
export function readMonitorLog(store: Store, instance: Ref): Buffer | undefined {
  const path = store.monitorPath(instance);
  return existsSync(path) ? readFileSync(path) : undefined;
}

export function dropMonitorLog(store: Store, instance: Ref): void {
  rmSync(store.monitorPath(instance), { force: true });
}

/** Renames the log with its instance. */
export function moveMonitorLog(store: Store, from: Ref, to: Ref): void {
  if (existsSync(store.monitorPath(from))) renameSync(store.monitorPath(from), store.monitorPath(to));
}
