// Boolean words that LXD and Incus accept in configuration values.

/** Pairs of words, one pair per style. */
const pairs = [
  ["true", "false"],
  ["1", "0"],
  ["yes", "no"],
  ["on", "off"],
] as const;

/** Parses a boolean word, ignoring case; undefined for any other text. */
export function booleanOf(text: string | undefined): boolean | undefined {
  const word = text?.toLowerCase();
  const pair = pairs.find((words) => words.some((each) => each === word));
  return pair === undefined ? undefined : word === pair[0];
}

/** Formats a boolean in the style of a program's own value, for example `no` where it wrote `yes`. */
export function inStyleOf(written: string, value: boolean): string | undefined {
  const pair = pairs.find((words) => words.some((each) => each === written.toLowerCase()));
  return pair?.[value ? 0 : 1];
}

export function isTrue(value: string | undefined): boolean {
  return booleanOf(value) === true;
}

export function isFalse(value: string | undefined): boolean {
  return booleanOf(value) === false;
}
