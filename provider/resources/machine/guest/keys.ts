// Encodes keys without a character of their own as a serial terminal sends them.

const escape = "\x1b";

const named = {
  enter: "\r",
  escape,
  tab: "\t",
  space: " ",
  backspace: "\x7f",
  up: `${escape}[A`,
  down: `${escape}[B`,
  right: `${escape}[C`,
  left: `${escape}[D`,
  home: `${escape}[H`,
  end: `${escape}[F`,
  insert: `${escape}[2~`,
  delete: `${escape}[3~`,
  "page-up": `${escape}[5~`,
  "page-down": `${escape}[6~`,
  f1: `${escape}OP`,
  f2: `${escape}OQ`,
  f3: `${escape}OR`,
  f4: `${escape}OS`,
  f5: `${escape}[15~`,
  f6: `${escape}[17~`,
  f7: `${escape}[18~`,
  f8: `${escape}[19~`,
  f9: `${escape}[20~`,
  f10: `${escape}[21~`,
  f11: `${escape}[23~`,
  f12: `${escape}[24~`,
} as const;

export type NamedKey = keyof typeof named;
const alphabet = "abcdefghijklmnopqrstuvwxyz";
type Characters<Text> = Text extends `${infer First}${infer Rest}` ? First | Characters<Rest> : never;
export type Letter = Characters<typeof alphabet>;
export type Key = NamedKey | `ctrl-${Letter}`;

const letters = alphabet.split("") as Letter[];

export const keys: Key[] = [...(Object.keys(named) as NamedKey[]), ...letters.map((letter): Key => `ctrl-${letter}`)];

/** The bytes that the terminal sends. */
export function bytesOf(key: Key): string {
  if (key in named) return named[key as NamedKey];
  // Ctrl clears the upper three bits.
  return String.fromCharCode(key.charCodeAt("ctrl-".length) & 0x1f);
}
