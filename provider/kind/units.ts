// Parses sizes and durations.

const sizeUnits: Record<string, number> = {
  "": 1,
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  PB: 1e15,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
  PiB: 2 ** 50,
};

const durationUnits: Record<string, number> = { ms: 1, s: 1e3, m: 60e3, h: 3600e3, d: 86_400e3 };

/**
 * Parses a size such as `10GiB` into bytes; undefined if it is not valid. Like LXD and Incus, allows no space before
 * the unit.
 */
export function parseSize(text: string): number | undefined {
  const [, digits, suffix = ""] = /^(\d+)([a-zA-Z]*)$/.exec(text) ?? [];
  const unit = sizeUnits[suffix];
  if (digits === undefined || unit === undefined) return undefined;
  const bytes = Number(digits) * unit;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** Returns the valid sizes that an invalid one most likely stands for: `10GiB` and `10GB` for `10G`. */
export function nearestSizes(text: string): string[] {
  const [, digits = "", letter = "", isBinary] =
    /^(\d+(?:\.\d+)?)\s*([kmgtp])(i?)(?:b|bytes?)?$/i.exec(text.trim()) ?? [];
  const letters = ["K", "M", "G", "T", "P"];
  const power = letters.indexOf(letter.toUpperCase());
  if (power < 0) return [];
  const decimal = power === 0 ? "kB" : `${letters[power] ?? ""}B`;
  if (!digits.includes(".")) {
    const binary = `${digits}${letters[power] ?? ""}iB`;
    return isBinary === "" ? [binary, `${digits}${decimal}`] : [binary];
  }
  // Converts a fraction of a unit to a whole number of the next smaller unit, rounded if necessary.
  return power === 0 ? [] : [`${Math.round(Number(digits) * 1024)}${letters[power - 1] ?? ""}iB`];
}

/** Parses a duration that has already been validated. */
export function milliseconds(duration: string): number {
  return parseDuration(duration) ?? 0;
}

/** Parses a duration such as `1h30m` into milliseconds; undefined if it is not valid. */
export function parseDuration(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join("") !== text) return undefined;
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (durationUnits[unit ?? ""] ?? NaN), 0);
}
