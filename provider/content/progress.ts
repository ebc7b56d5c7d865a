// Shows the progress of a byte stream: percent, rate and time left.
import { through } from "./byte-stream";
import { type Opened, type Reader, type ReportBytes } from "./content";

type Status = (text: string) => void;

/** Reports progress as `uploading 3.2 of 4.0 GiB, 80 %, 210 MiB/s, 4 s left`. */
export function reportTo(status: Status, verb: string): ReportBytes {
  const startedMs = performance.now();
  return (done, total) => {
    const rate = (1000 * done) / Math.max(1, performance.now() - startedMs);
    const left = total === undefined || done >= total ? "" : `, ${Math.ceil((total - done) / rate)} s left`;
    const part =
      total === undefined
        ? formatBytes(done)
        : `${formatBytes(done)} of ${formatBytes(total)}, ${Math.floor((100 * done) / total)} %`;
    status(`${verb} ${part}, ${formatBytes(rate)}/s${left}`);
  };
}

/** A reader that shows its progress, for the duration of a call. */
export function reader({ status, signal }: { status: Status; signal: AbortSignal }, verb: string): Reader {
  return { report: reportTo(status, verb), signal };
}

/** Shows the progress of an opened stream. */
export function withProgress(opened: Opened, verb: string, status: Status): Opened {
  const report = reportTo(status, verb);
  const stream = through(opened.stream, async function* (chunks) {
    let done = 0;
    for await (const chunk of chunks) {
      report((done += chunk.length), opened.sizeBytes);
      yield chunk;
    }
  });
  return { ...opened, stream };
}

/** `3.2 GiB` */
export function formatBytes(count: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, count)) / 10)));
  return `${(count / 2 ** (10 * power)).toFixed(power === 0 ? 0 : 1)} ${units[power] ?? ""}`;
}
