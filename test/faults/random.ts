// Numbers that a seed repeats.

export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to and without `end`. */
  below(end: number): number {
    // Mulberry32.
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % end;
  }

  bytes(count: number): Buffer {
    return Buffer.from(Array.from({ length: count }, () => this.below(256)));
  }

  shuffled<T>(items: readonly T[]): T[] {
    const all = [...items];
    for (let end = all.length; end > 1; end--) {
      const other = this.below(end);
      [all[end - 1], all[other]] = [all[other] as T, all[end - 1] as T];
    }
    return all;
  }
}

/** A seed of a text: of a case, which then does the same alone as among others. */
export function seedOf(text: string, seed: number): number {
  let hash = seed >>> 0;
  for (const letter of text) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193) >>> 0;
  return hash;
}
