// The daemon's events: sends those of operations and objects to listeners.

export interface DaemonEvent {
  type: "operation" | "lifecycle";
  project: string;
  metadata: Record<string, unknown>;
}

export type Listener = (event: DaemonEvent & { timestamp: string; location: string }) => void;

export class Events {
  readonly #listeners = new Set<Listener>();

  /** Returns a function that removes the listener. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  send(event: DaemonEvent): void {
    const stamped = { ...event, timestamp: new Date().toISOString(), location: "none" };
    for (const listener of this.#listeners) listener(stamped);
  }

  /** `action` as the daemons name it, such as `instance-shutdown`; `source` is the object's URL. */
  lifecycle(action: string, object: { project: string; source: string; name: string }): void {
    const { project, source, name } = object;
    this.send({ type: "lifecycle", project, metadata: { action, source, name, project } });
  }
}
