// Strips terminal control sequences from a guest's serial output.

/** Sequences that move the cursor, set colours or modes, or reset the terminal; carriage returns. */
const controls = /\x1b\[[0-9;?=]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1b[=>c]|\r/g;

export function plainText(raw: string): string {
  return raw.replaceAll(controls, "");
}

/** The last lines, as quoted at the end of an error. */
export function quotedTail(text: string, count = 15): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  if (lines.length === 0) return "; its console is empty";
  const quoted = lines.slice(-count).map((line) => `  | ${line}`);
  return `; the last lines of its console:\n${quoted.join("\n")}\n`;
}
