// The serial port of a running guest: its output goes to the connected client, otherwise to the log.
import type { WebSocket } from "../http/websocket";
import type { InstanceRecord } from "../store/records";
import type { Store } from "../store/store";
import { appendLog } from "./console-log";

export class Serial {
  #terminal: WebSocket | undefined;
  #claimed = false;
  /** Keys that no program has read yet. */
  #typed: string[] = [];
  #taker: ((key: string) => void) | undefined;

  constructor(
    private readonly store: Store,
    private readonly ref: Pick<InstanceRecord, "project" | "name" | "type">,
    /** The delay of a key press: keys are lost if the client disconnects meanwhile, as on LXD. */
    private readonly keyMs: number,
  ) {}

  print(lines: readonly string[]): void {
    this.write(lines.map((line) => `${line}\r\n`).join(""));
  }

  write(text: string): void {
    if (this.#terminal === undefined) appendLog(this.store, this.ref, text);
    else this.#terminal.send(Buffer.from(text));
  }

  /** The next key, including keys pressed earlier. */
  key(): Promise<string> {
    const typed = this.#typed.shift();
    if (typed !== undefined) return Promise.resolve(typed);
    return new Promise((resolve) => (this.#taker = resolve));
  }

  get isTaken(): boolean {
    return this.#terminal !== undefined;
  }

  /** Reserves the port for one client; false if it is taken. */
  claim(): boolean {
    if (this.#claimed) return false;
    this.#claimed = true;
    return true;
  }

  release(): void {
    this.#terminal = undefined;
    this.#claimed = false;
  }

  /** Resolves when the client disconnects. */
  connect(terminal: WebSocket): Promise<void> {
    this.#terminal = terminal;
    terminal.onMessage((keys) => {
      if (this.keyMs === 0) this.#take(keys.toString());
      else setTimeout(() => this.#terminal === terminal && this.#take(keys.toString()), this.keyMs).unref();
    });
    return new Promise((resolve) => terminal.onClose(resolve));
  }

  /** Called when the guest has stopped. */
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
