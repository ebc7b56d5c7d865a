// What handlers work with: the parts of the daemon, which know nothing of handlers.
import { type Copies } from "./copies";
import { type Guests } from "./guest/guests";
import { type Events } from "./operations/events";
import { type Operations } from "./operations/operations";
import type { Settings } from "./options";
import { type Store } from "./store/store";

/** What handlers work with. */
export interface Daemon {
  readonly settings: Settings;
  readonly store: Store;
  readonly events: Events;
  readonly operations: Operations;
  readonly guests: Guests;
  readonly copies: Copies;
  /** Keys of instances whose disks are being written for the first time. */
  readonly creating: Set<string>;
}
