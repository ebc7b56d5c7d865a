// Starts and stops simulated guests and updates the status of their instances.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { timestamp } from "../clock";
import { badRequest, failed } from "../errors";
import type { GuestControl } from "../context";
import type { Events } from "../operations/events";
import { instanceKey, instanceUrl } from "../instances/instance";
import { afterStart, afterStop } from "../instances/volatile";
import type { InstanceRecord } from "../store/records";
import type { Store } from "../store/store";
import { chooseBoot } from "./boot";
import { beginLog, dropLog, endLog } from "./console-log";
import { checkFirmware } from "./firmware";
import { live } from "./life";
import { dropMonitorLog, logOrder, type Order } from "./monitor-log";
import { Serial } from "./serial";

interface Surroundings {
  store: Store;
  events: Events;
  bootMs: number;
  /** The delay of a key press. */
  keyMs: number;
}

type Ref = Pick<InstanceRecord, "project" | "name">;

/** How often a shutdown checks whether the guest has stopped. */
const POLL_MS = 20;

export class Guests implements GuestControl {
  readonly #store: Store;
  readonly #events: Events;
  readonly #bootMs: number;
  readonly #keyMs: number;
  /** Running guests: how to end them, and whether they react to a shutdown. */
  readonly #alive = new Map<string, { end: AbortController; obeys: boolean; serial: Serial }>();

  /** Guests with a shutdown in progress: their instances reject changes meanwhile. */
  readonly #leaving = new Set<string>();
  #isStopping = false;

  constructor({ store, events, bootMs, keyMs }: Surroundings) {
    this.#store = store;
    this.#events = events;
    this.#bootMs = bootMs;
    this.#keyMs = keyMs;
  }

  /** Guests that ran when the daemon was stopped boot again. */
  resume(): void {
    for (const instance of this.#store.instances.all()) {
      if (instance.status !== "Stopped") this.#boot(instance);
    }
  }

  /** Ends all simulations; records are kept. */
  stop(): void {
    this.#isStopping = true;
    for (const { end, serial } of this.#alive.values()) {
      end.abort();
      serial.close();
    }
    this.#alive.clear();
  }

  start(ref: Ref): void {
    const instance = this.#record(ref);
    if (instance.status !== "Stopped") throw failed("The instance is already running");
    checkFirmware(this.#store, instance);
    if (instance.type === "container" && instance.disk.state === "partial") {
      const path = join(this.#store.dir, "containers", instance.name);
      const why = `Failed expanding symlinks of "": lstat ${path}: no such file or directory`;
      throw failed(`Failed to handle idmapped storage: ${why}`);
    }
    const now = timestamp();
    beginLog(this.#store, instance);
    dropMonitorLog(this.#store, instance);
    this.#order(instance, "cont");
    const config = afterStart(instance.config, instance.type);
    const started = { ...instance, config, status: "Running", startedAt: now, lastUsedAt: now } as const;
    this.#save(started);
    this.#tell("instance-started", started);
    this.#boot(started);
  }

  /** Stops the guest immediately. */
  kill(ref: Ref): void {
    const instance = this.#record(ref);
    if (instance.status === "Stopped") throw badRequest("The instance is already stopped");
    this.#order(instance, "quit");
    this.#off(instance, "instance-stopped");
  }

  /** Asks the guest to power off and waits; without a timeout if it is undefined. */
  async shutDown(ref: Ref, timeoutMs: number | undefined): Promise<void> {
    if (this.#record(ref).status === "Stopped") throw badRequest("The instance is already stopped");
    this.#order(this.#record(ref), "system_powerdown");
    this.#leaving.add(instanceKey(ref));
    await this.#untilOff(ref, timeoutMs).finally(() => this.#leaving.delete(instanceKey(ref)));
  }

  isLeaving(ref: Ref): boolean {
    return this.#leaving.has(instanceKey(ref));
  }

  async #untilOff(ref: Ref, timeoutMs: number | undefined): Promise<void> {
    const deadline = timeoutMs === undefined ? Infinity : performance.now() + timeoutMs;
    for (;;) {
      const instance = this.#store.instances.find(instanceKey(ref));
      if (instance === undefined || instance.status === "Stopped") return;
      if (this.#alive.get(instanceKey(ref))?.obeys) {
        this.#off(instance, "instance-shutdown");
        return;
      }
      if (performance.now() >= deadline || this.#isStopping) {
        throw failed(`Failed shutting down instance, status is "${instance.status}": context deadline exceeded`);
      }
      await sleep(POLL_MS);
    }
  }

  setFrozen(ref: Ref, isFrozen: boolean): void {
    const instance = this.#record(ref);
    if (instance.status === "Stopped") throw failed("The instance isn't running");
    this.#save({ ...instance, status: isFrozen ? "Frozen" : "Running" });
    this.#tell(isFrozen ? "instance-paused" : "instance-resumed", instance);
  }

  /** The serial port of a running guest. */
  serialOf(ref: Ref): Serial | undefined {
    return this.#alive.get(instanceKey(ref))?.serial;
  }

  #boot(instance: InstanceRecord): void {
    const key = instanceKey(instance);
    const choice = chooseBoot(this.#store, instance);
    const end = new AbortController();
    const serial = new Serial(this.#store, instance, this.#keyMs);
    this.#alive.set(key, { end, obeys: choice.boot.kind === "system", serial });
    const change = (fields: Partial<InstanceRecord>) => {
      const current = this.#store.instances.find(key);
      if (current) this.#save({ ...current, ...fields });
    };
    const machine = {
      print: (...lines: string[]) => serial.print(lines),
      prompt: (text: string) => serial.write(text),
      key: () => serial.key(),
      isWatched: () => serial.isTaken,
      install: (from: string) => change({ disk: { state: "installed", from } }),
      blip: (off: boolean) => change({ status: off ? "Stopped" : "Running" }),
      powerOff: () => {
        const current = this.#store.instances.find(key);
        if (current) this.#off(current, "instance-shutdown");
      },
    };
    void live({ choice, machine, bootMs: this.#bootMs, signal: end.signal });
  }

  #off(instance: InstanceRecord, action: string): void {
    const key = instanceKey(instance);
    const guest = this.#alive.get(key);
    guest?.end.abort();
    guest?.serial.close();
    this.#alive.delete(key);
    if (instance.ephemeral) {
      this.#store.instances.delete(key);
      dropLog(this.#store, instance);
      dropMonitorLog(this.#store, instance);
    } else {
      endLog(this.#store, instance);
      this.#save({ ...instance, status: "Stopped", config: afterStop(instance.config) });
    }
    this.#tell(action, instance);
  }

  /** Containers run without QEMU. */
  #order(instance: InstanceRecord, order: Order): void {
    if (instance.type === "virtual-machine") logOrder(this.#store, instance, order);
  }

  #record(ref: Ref): InstanceRecord {
    const instance = this.#store.instances.find(instanceKey(ref));
    if (instance === undefined) throw failed("Instance not found");
    return instance;
  }

  #save(instance: InstanceRecord): void {
    this.#store.instances.set(instanceKey(instance), instance);
  }

  #tell(action: string, instance: InstanceRecord): void {
    this.#events.lifecycle(action, { project: instance.project, source: instanceUrl(instance), name: instance.name });
  }
}
