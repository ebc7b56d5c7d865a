// The serial log of a guest: a buffer while it runs, and afterwards only what somebody has read of it.
import { appendFileSync, copyFileSync, existsSync, readFileSync, rmSync } from "node:fs";

import type { InstanceRecord } from "../store/records";
import type { Store } from "../store/store";

type Ref = Pick<InstanceRecord, "project" | "name">;

export function appendLog(store: Store, instance: Ref, lines: readonly string[]): void {
  appendFileSync(store.consolePath(instance), lines.map((line) => `${line}\r\n`).join(""));
}

/** Reading keeps the log; what nobody has read when the guest goes off is lost, as with the real daemons. */
export function readLog(store: Store, instance: InstanceRecord): Buffer {
  const [written, read] = [store.consolePath(instance), store.consolePath(instance, "read")];
  if (instance.status !== "Stopped" && existsSync(written)) copyFileSync(written, read);
  return existsSync(read) ? readFileSync(read) : Buffer.alloc(0);
}

/** Removes the log of an instance that goes away, or starts. */
export function dropLog(store: Store, instance: Ref): void {
  for (const part of ["written", "read"] as const) rmSync(store.consolePath(instance, part), { force: true });
}
