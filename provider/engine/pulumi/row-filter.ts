// Selects the texts of a progress row to display: everything new, but counters only as often as readers need.

export interface RowTiming {
  /** Minimum interval between any two texts. */
  leastMs: number;
  /** Minimum interval between two texts that differ only in numbers. */
  countersMs: number;
}

/** A terminal redraws the row. */
export const onTerminal: RowTiming = { leastMs: 500, countersMs: 500 };
/** In a log, each text is a permanent line. */
export const inLog: RowTiming = { leastMs: 500, countersMs: 60_000 };

export class RowFilter {
  #lastMs = -Infinity;
  #shape = "";
  #pending: string | undefined;

  constructor(private readonly timing: RowTiming) {}

  get isEmpty(): boolean {
    return this.#lastMs === -Infinity;
  }

  /** Tests whether to display this text now. */
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

  /** Returns the end of a transfer if it was not displayed. The end of a wait is not worth a line. */
  rest(): string | undefined {
    return this.isEmpty || !/\d %/.test(this.#pending ?? "") ? undefined : this.#pending;
  }
}
