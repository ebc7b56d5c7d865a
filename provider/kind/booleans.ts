// The words for yes and no that the daemons take.

/** Pairs of words, each pair in one style. */
const pairs = [
  ["true", "false"],
  ["1", "0"],
  ["yes", "no"],
  ["on", "off"],
] as const;

/** Undefined of a text that is neither, in either case of letters. */
export function booleanOf(text: string | undefined): boolean | undefined {
  const word = text?.toLowerCase();
  const pair = pairs.find((words) => words.some((each) => each === word));
  return pair === undefined ? undefined : word === pair[0];
}

/** A boolean in the style in which a program wrote one: `no` where it wrote `yes`. */
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
