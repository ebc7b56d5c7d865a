// The daemon as handlers see it: its parts, which do not depend on handlers.
import { type Copies } from "./copies";
import { type Serial } from "./guest/serial";
import { type Events } from "./operations/events";
import { type Operations } from "./operations/operations";
import type { Settings } from "./options";
import { type InstanceRecord } from "./store/records";
import { type Store } from "./store/store";

type Ref = Pick<InstanceRecord, "project" | "name">;

/** Operations of handlers on guests. */
export interface GuestControl {
  start(ref: Ref): void;
  /** Stops the guest immediately. */
  kill(ref: Ref): void;
  /** Asks the guest to power off and waits; without a timeout if it is undefined. */
  shutDown(ref: Ref, timeoutMs: number | undefined): Promise<void>;
  /** Whether a shutdown of the guest is in progress. */
  isLeaving(ref: Ref): boolean;
  setFrozen(ref: Ref, isFrozen: boolean): void;
  /** The serial port of a running guest. */
  serialOf(ref: Ref): Serial | undefined;
}

/** The daemon as handlers see it. */
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
