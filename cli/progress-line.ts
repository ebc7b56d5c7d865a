// A progress line on the terminal; without a terminal, nothing is displayed.
import { type ReportBytes } from "../provider/content/content";
import { reportTo } from "../provider/content/progress";

const intervalMs = 200;

export function progressLine(verb: string): { report: ReportBytes; clear: () => void } {
  if (!process.stderr.isTTY) return { report: () => undefined, clear: () => undefined };
  let lastMs = -Infinity;
  const show = (text: string): void => {
    if (performance.now() - lastMs < intervalMs) return;
    lastMs = performance.now();
    // Returns to the beginning of the line and clears it.
    process.stderr.write(`\r\u001b[K${text}`);
  };
  return {
    report: reportTo(show, verb),
    clear: () => {
      if (lastMs > -Infinity) process.stderr.write("\r\u001b[K");
    },
  };
}
