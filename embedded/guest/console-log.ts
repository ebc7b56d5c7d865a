// The serial log of a guest, kept as the real daemons do: in one way of a virtual machine, in another of a container.
import { appendFileSync, copyFileSync, existsSync, readFileSync, renameSync, rmSync } from "node:fs";

import type { InstanceRecord } from "../store/records";
import type { Store } from "../store/store";

type Ref = Pick<InstanceRecord, "project" | "name">;
type Typed = Ref & Pick<InstanceRecord, "type">;

/** A container's goes into its file, too, which outlives its starts. */
export function appendLog(store: Store, instance: Typed, text: string): void {
  appendFileSync(store.consolePath(instance), text);
  if (instance.type === "container") appendFileSync(store.consolePath(instance, "read"), text);
}

/**
 * Of a VM, reading keeps the log: what nobody has read when the guest goes off is lost. A running container tells each
 * text once; one that is off, what is in its file.
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

/** A guest starts: a VM's log is begun anew. */
export function beginLog(store: Store, instance: Typed): void {
  if (instance.type === "virtual-machine") dropLog(store, instance);
}

/** A guest has gone off: what nobody has read of a container takes the place of all that was in its file. */
export function endLog(store: Store, instance: Typed): void {
  const written = store.consolePath(instance);
  if (instance.type === "container" && existsSync(written)) renameSync(written, store.consolePath(instance, "read"));
}

/** What is not read yet of a running container, or the file of one that is off. */
export function clearLog(store: Store, instance: InstanceRecord): void {
  rmSync(store.consolePath(instance, instance.status === "Stopped" ? "read" : "written"), { force: true });
}

/** Removes the log of an instance that goes away. */
export function dropLog(store: Store, instance: Ref): void {
  for (const part of ["written", "read"] as const) rmSync(store.consolePath(instance, part), { force: true });
}
