// Asks web servers whether they have a file, for a preview: one byte is requested, and nothing is downloaded.
import { LxdError } from "../../base/errors";
import { judge } from "./answer";
import { parseChecksum } from "./checksum";
import { exchange } from "./exchange";
import { type Failure } from "./failure";
import { parseSourceUrl } from "./source-url";
import { type DownloadSettings, openTransport, type Transport } from "./transport";

export interface ProbeProblem {
  /** The position of the URL. */
  at: number;
  error: LxdError;
}

/** A preview does not wait for a slow server: the download will. */
const probeLimits = { connectMs: 10_000, idleMs: 10_000 };

/**
 * The reasons why no URL can be downloaded; empty if one of them has the file, or fails in a way that may pass, such as
 * a timeout or a server error. A GET, since servers of signed URLs refuse HEAD.
 */
export async function probe(
  { urls, checksum }: { urls: readonly string[]; checksum: string | undefined },
  settings: DownloadSettings,
): Promise<ProbeProblem[]> {
  const mayLeaveTls = parseChecksum(checksum).kind === "value";
  const transport = openTransport({ ...settings, limits: { ...probeLimits, ...settings.limits } });
  const problems: ProbeProblem[] = [];
  try {
    for (const [at, text] of urls.entries()) {
      const failure = await ask(parseSourceUrl(text), { transport, mayLeaveTls });
      settings.signal?.throwIfAborted();
      if (failure?.isFinal !== true) return [];
      problems.push({ at, error: LxdError.from(failure.error) });
    }
    return problems;
  } finally {
    transport.close();
  }
}

async function ask(
  url: URL,
  { transport, mayLeaveTls }: { transport: Transport; mayLeaveTls: boolean },
): Promise<Failure | undefined> {
  const from = await exchange(url, { transport, mayLeaveTls, headersFor: () => ({ range: "bytes=0-0" }) });
  if ("error" in from) return from;
  const result = await judge(from, { offset: 0, withRange: true, limits: transport.limits });
  return typeof result === "object" && "error" in result ? result : undefined;
}
