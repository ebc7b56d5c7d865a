// The serial log of a guest, with the real daemons' different semantics for virtual machines and containers.
import { appendFileSync, copyFileSync, existsSync, readFileSync, renameSync, rmSync } from "node:fs";

import type { InstanceRecord } from "../store/records";
import type { Store } from "../store/store";

type Ref = Pick<InstanceRecord, "project" | "name">;
type Typed = Ref & Pick<InstanceRecord, "type">;

/** A container's output is also appended to its file, which survives restarts. */
export function appendLog(store: Store, instance: Typed, text: string): void {
  appendFileSync(store.consolePath(instance), text);
  if (instance.type === "container") appendFileSync(store.consolePath(instance, "read"), text);
}

/**
 * For a VM, a read keeps the log, and output unread when the guest stops is lost. A running container returns each text
 * once; a stopped one returns its file.
 */
export function readLog(store: Store, instance: InstanceRecord): Buffer {
  const [written, read] = [store.consolePath(instance), store.consolePath(instance, "read")];
  const isRunning = instance.status !== "Stopped";
  if (instance.type === "container" && isRunning) {
    const text = existsSync(written) ? readFileSync(written) : Buffer.alloc(0);
    rmSync(written, { force: true });
    return text;
  }
  if (isRunning && existsSync(written)) copyFileSync(written, read);
  return existsSync(read) ? readFileSync(read) : Buffer.alloc(0);
}

/** Called when a guest starts: the log of a VM is cleared. */
export function beginLog(store: Store, instance: Typed): void {
  if (instance.type === "virtual-machine") dropLog(store, instance);
}

/** Called when a guest stops: a container's unread output replaces the contents of its file. */
export function endLog(store: Store, instance: Typed): void {
  const written = store.consolePath(instance);
  if (instance.type === "container" && existsSync(written)) renameSync(written, store.consolePath(instance, "read"));
}

/** Clears the unread output of a running container, or the file of a stopped one. */
export function clearLog(store: Store, instance: InstanceRecord): void {
  rmSync(store.consolePath(instance, instance.status === "Stopped" ? "read" : "written"), { force: true });
}

/** Deletes the log of a deleted instance. */
export function dropLog(store: Store, instance: Ref): void {
  for (const part of ["written", "read"] as const) rmSync(store.consolePath(instance, part), { force: true });
}
