// Names of the keys in a boot command.

/** Keys that do not produce a character. */
export type NamedKey =
  | "enter"
  | "escape"
  | "tab"
  | "space"
  | "backspace"
  | "up"
  | "down"
  | "right"
  | "left"
  | "home"
  | "end"
  | "insert"
  | "delete"
  | "page-up"
  | "page-down"
  | `f${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12}`;

type Characters<Text> = Text extends `${infer First}${infer Rest}` ? First | Characters<Rest> : never;

/** `enter`, `f2`, `ctrl-c` … */
export type Key = NamedKey | `ctrl-${Characters<"abcdefghijklmnopqrstuvwxyz">}`;
