// What handlers work with: the parts of the daemon, which know nothing of handlers.
import { type Copies } from "./copies";
import { type Serial } from "./guest/serial";
import { type Events } from "./operations/events";
import { type Operations } from "./operations/operations";
import type { Settings } from "./options";
import { type InstanceRecord } from "./store/records";
import { type Store } from "./store/store";

type Ref = Pick<InstanceRecord, "project" | "name">;

/** What handlers may do with guests. */
export interface GuestControl {
  start(ref: Ref): void;
  /** Pulls the plug. */
  kill(ref: Ref): void;
  /** Asks the guest to power off, and waits; without a time limit when it is undefined. */
  shutDown(ref: Ref, timeoutMs: number | undefined): Promise<void>;
  /** Whether somebody has asked the guest to power off, and waits for it. */
  isLeaving(ref: Ref): boolean;
  setFrozen(ref: Ref, isFrozen: boolean): void;
  /** The serial port of a guest that is alive. */
  serialOf(ref: Ref): Serial | undefined;
}

/** What handlers work with. */
export interface Daemon {
  readonly settings: Settings;
  readonly store: Store;
  readonly events: Events;
  readonly operations: Operations;
  readonly guests: GuestControl;
  readonly copies: Copies;
  /** Keys of instances whose disks are being written for the first time. */
  readonly creating: Set<string>;
}
