// Parses YAML as the daemons do, which read the first document of a text, and writes it.
import { safeDump, safeLoad } from "js-yaml";

/** Plain data; undefined for an empty text. As for the daemons, the last of several equal keys counts. */
export function parseYaml(text: string): unknown {
  return safeLoad(firstDocument(text), { json: true });
}

/** Everything before a second `---`, or before `...`. */
function firstDocument(text: string): string {
  const lines = text.split(/^/m);
  const isContent = (line: string): boolean => !/^(\uFEFF?\s*(#.*)?|%.*)\r?\n?$/.test(line);
  const first = lines.findIndex(isContent);
  const end = lines.findIndex((line, i) => i > first && /^(---|\.\.\.)(\s|$)/.test(line));
  return end < 0 ? text : lines.slice(0, end).join("");
}

/** The same text for the same data. Fields keep their order. */
export function dumpYaml(data: object): string {
  return safeDump(data, { lineWidth: -1, noRefs: true });
}
