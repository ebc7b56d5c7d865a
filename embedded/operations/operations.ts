// Operations: work that continues after the reply, can be waited for, and is removed soon after it ends.
import { randomUUID } from "node:crypto";

import { type DaemonError, toDaemonError } from "../errors";
import type { Events } from "./events";
import type { Streams } from "./operation-streams";

/** An operation as rendered by the API. */
export interface OperationView {
  id: string;
  class: "task" | "websocket";
  description: string;
  created_at: string;
  updated_at: string;
  status: "Running" | "Success" | "Failure";
  status_code: 103 | 200 | 400;
  resources: Record<string, string[]>;
  metadata: Record<string, unknown> | null;
  may_cancel: boolean;
  err: string;
  location: string;
}

export interface Work {
  description: string;
  project: string;
  /** URLs of the affected objects, by type: `{ instances: ["/1.0/instances/a"] }`. */
  resources?: Record<string, string[]>;
  /** The initial metadata. */
  metadata?: Record<string, unknown>;
  /** The streams to the client. */
  streams?: Streams;
  /** The work. An exception is the operation's error; `progress` sets the operation's metadata. */
  run: (progress: (metadata: Record<string, unknown>) => void) => void | Promise<void>;
}

interface Entry {
  project: string;
  view: OperationView;
  error?: DaemonError;
  streams?: Streams | undefined;
  ended: Promise<void>;
}

export class Operations {
  readonly #entries = new Map<string, Entry>();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(
    private readonly events: Events,
    private readonly ttlMs: number,
  ) {}

  /** Starts the work after the caller had time to reply. */
  start(work: Work): OperationView {
    const now = new Date().toISOString();
    const view: OperationView = {
      id: randomUUID(),
      class: work.streams === undefined ? "task" : "websocket",
      description: work.description,
      created_at: now,
      updated_at: now,
      status: "Running",
      status_code: 103,
      resources: work.resources ?? {},
      metadata: work.metadata ?? null,
      may_cancel: false,
      err: "",
      location: "none",
    };
    const entry: Entry = { project: work.project, view, streams: work.streams, ended: Promise.resolve() };
    this.#entries.set(view.id, entry);
    this.#publish(entry);
    entry.ended = this.#run(entry, work);
    return { ...view };
  }

  find(id: string): Pick<Entry, "view" | "error" | "streams"> | undefined {
    return this.#entries.get(id);
  }

  list(project?: string): OperationView[] {
    const entries = [...this.#entries.values()];
    return entries.filter((entry) => project === undefined || entry.project === project).map((entry) => entry.view);
  }

  /** Resolves when the operation has ended or after `timeoutMs`; returns which. */
  async wait(id: string, timeoutMs?: number): Promise<"ended" | "timeout"> {
    const ended = (this.#entries.get(id)?.ended ?? Promise.resolve()).then(() => "ended" as const);
    if (timeoutMs === undefined) return ended;
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<"timeout">((resolve) => {
      timer = setTimeout(() => resolve("timeout"), timeoutMs);
    });
    return Promise.race([ended, timeout]).finally(() => clearTimeout(timer));
  }

  /** Resolves when all currently running operations have ended. */
  async idle(): Promise<void> {
    await Promise.all([...this.#entries.values()].map((entry) => entry.ended));
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#entries.clear();
  }

  async #run(entry: Entry, work: Work): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    try {
      await work.run((metadata) => {
        entry.view.metadata = metadata;
        this.#publish(entry);
      });
      this.#end(entry, { status: "Success", status_code: 200 });
    } catch (error) {
      entry.error = toDaemonError(error);
      this.#end(entry, { status: "Failure", status_code: 400, err: entry.error.message });
    } finally {
      work.streams?.close();
    }
  }

  #end(entry: Entry, outcome: Pick<OperationView, "status" | "status_code"> & { err?: string }): void {
    Object.assign(entry.view, outcome);
    this.#publish(entry);
    const timer = setTimeout(() => {
      this.#entries.delete(entry.view.id);
      this.#timers.delete(timer);
    }, this.ttlMs);
    this.#timers.add(timer);
  }

  #publish(entry: Entry): void {
    entry.view.updated_at = new Date().toISOString();
    this.events.send({ type: "operation", project: entry.project, metadata: { ...entry.view } });
  }
}
