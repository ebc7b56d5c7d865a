// Which texts of a progress row are shown: all that is new, but counters no more often than a reader can use.

export interface RowTiming {
  /** Between any two texts. */
  leastMs: number;
  /** Between two texts that differ in their numbers alone. */
  countersMs: number;
}

/** A terminal redraws the row. */
export const onTerminal: RowTiming = { leastMs: 500, countersMs: 500 };
/** In a log each text is a line for good. */
export const inLog: RowTiming = { leastMs: 500, countersMs: 60_000 };

export class RowFilter {
  #lastMs = -Infinity;
  #shape = "";
  #pending: string | undefined;

  constructor(private readonly timing: RowTiming) {}

  get isEmpty(): boolean {
    return this.#lastMs === -Infinity;
  }

  /** Whether to show this text now. */
  accept(text: string, nowMs: number): boolean {
    const shape = text.replaceAll(/[\d.]+/g, "#");
    const dueMs = shape === this.#shape ? this.timing.countersMs : this.timing.leastMs;
    if (nowMs - this.#lastMs < dueMs) {
      this.#pending = text;
      return false;
    }
    [this.#lastMs, this.#shape, this.#pending] = [nowMs, shape, undefined];
    return true;
  }

  /** The end of a transfer, if it was not shown. The end of a wait is no news. */
  rest(): string | undefined {
    return this.isEmpty || !/\d %/.test(this.#pending ?? "") ? undefined : this.#pending;
  }
}
