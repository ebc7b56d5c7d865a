// How many faults there were, by kind, and what came of them.

export interface Tally {
  faults: number;
  lost: number;
  missed: number;
  ms: number;
}

export type Tallies = Record<string, Tally>;

export function add(tallies: Tallies, kind: string, { faults, lost, missed, ms }: Tally): void {
  const sum = (tallies[kind] ??= { faults: 0, lost: 0, missed: 0, ms: 0 });
  Object.assign(sum, {
    faults: sum.faults + faults,
    lost: sum.lost + lost,
    missed: sum.missed + missed,
    ms: sum.ms + ms,
  });
}

/** The table, and the line that counts. */
export function describe(tallies: Tallies): string {
  const width = 20;
  const cells = (...all: (string | number)[]): string =>
    all.map((cell, i) => (i === 0 ? String(cell).padEnd(width) : String(cell).padStart(12))).join("");
  const rows = Object.entries(tallies)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, { faults, lost, missed, ms }]) =>
      cells(kind, faults, lost, missed, Math.round(ms / Math.max(1, faults + missed))),
    );
  const sum = (key: keyof Tally): number => Object.values(tallies).reduce((total, tally) => total + tally[key], 0);
  const head = cells("kind", "faults", "lost", "not reached", "ms each");
  return [head, ...rows, "", `${sum("faults")} faults, ${sum("lost")} lost`].join("\n");
}
