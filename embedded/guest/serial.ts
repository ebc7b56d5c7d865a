// The serial port of a running guest: what it writes goes to whoever is connected, else to the log.
import type { WebSocket } from "../http/websocket";
import type { InstanceRecord } from "../store/records";
import type { Store } from "../store/store";
import { appendLog } from "./console-log";

export class Serial {
  #terminal: WebSocket | undefined;
  #claimed = false;
  /** Keys that nobody has taken yet. */
  #typed: string[] = [];
  #taker: ((key: string) => void) | undefined;

  constructor(
    private readonly store: Store,
    private readonly ref: Pick<InstanceRecord, "project" | "name" | "type">,
    /** How long keys are on their way: they are lost if the client goes meanwhile, as with LXD. */
    private readonly keyMs: number,
  ) {}

  print(lines: readonly string[]): void {
    this.write(lines.map((line) => `${line}\r\n`).join(""));
  }

  write(text: string): void {
    if (this.#terminal === undefined) appendLog(this.store, this.ref, text);
    else this.#terminal.send(Buffer.from(text));
  }

  /** The next key; keys that were pressed before anybody wanted one count too. */
  key(): Promise<string> {
    const typed = this.#typed.shift();
    if (typed !== undefined) return Promise.resolve(typed);
    return new Promise((resolve) => (this.#taker = resolve));
  }

  get isTaken(): boolean {
    return this.#terminal !== undefined;
  }

  /** Keeps the port for one client; false if another has it. */
  claim(): boolean {
    if (this.#claimed) return false;
    this.#claimed = true;
    return true;
  }

  release(): void {
    this.#terminal = undefined;
    this.#claimed = false;
  }

  /** Resolves when the client has gone. */
  connect(terminal: WebSocket): Promise<void> {
    this.#terminal = terminal;
    terminal.onMessage((keys) => {
      if (this.keyMs === 0) this.#take(keys.toString());
      else setTimeout(() => this.#terminal === terminal && this.#take(keys.toString()), this.keyMs).unref();
    });
    return new Promise((resolve) => terminal.onClose(resolve));
  }

  /** The guest is gone. */
  close(): void {
    this.#terminal?.send("");
    this.#terminal?.close();
  }

  #take(keys: string): void {
    const taker = this.#taker;
    this.#taker = undefined;
    if (taker === undefined) this.#typed.push(keys);
    else taker(keys);
  }
}
