// Colours text if the terminal supports it or the environment requests it.

const codes = { red: 31, green: 32, yellow: 33, cyan: 36, bold: 1, dim: 2 } as const;

export type Paint = (style: keyof typeof codes, text: string) => string;

export const plain: Paint = (_style, text) => text;

export const coloured: Paint = (style, text) => `\u001b[${codes[style]}m${text}\u001b[0m`;

/** `FORCE_COLOR` has precedence, then `NO_COLOR` (https://no-color.org), then whether the stream is a terminal. */
export function paintFor(stream: { isTTY?: boolean | undefined }, env: NodeJS.ProcessEnv): Paint {
  const { FORCE_COLOR: forced, NO_COLOR: never, TERM: terminal } = env;
  if (forced !== undefined) return ["0", "false"].includes(forced) ? plain : coloured;
  return stream.isTTY && !never && terminal !== "dumb" ? coloured : plain;
}
