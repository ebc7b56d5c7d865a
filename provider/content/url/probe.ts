// Asks web servers for the start of a file, for a preview: whether it is there, and what it is.
import { type Readable } from "node:stream";
import { LxdError } from "../../base/errors";
import { bytesOfHead } from "../recognition/bytes";
import { type Subject } from "../recognition/problems";
import { headBytes, recognise } from "../recognition/recognise";
import { type Answer, judge } from "./answer";
import { isSelfContained, parseChecksum, type WrittenChecksum } from "./checksum";
import { exchange } from "./exchange";
import { type Failure } from "./failure";
import { redactedText } from "./redacted-url";
import { parseSourceUrl } from "./source-url";
import { type DownloadSettings, openTransport, type Transport } from "./transport";

export interface ProbeProblem {
  /** The position of the URL. */
  at: number;
  error: LxdError;
}

/** A preview does not wait for a slow server: the download will. */
const probeLimits = { connectMs: 10_000, idleMs: 10_000 };

export interface Probed {
  urls: readonly string[];
  checksum: WrittenChecksum | undefined;
  /** Whether what a server sends can be what the program expects. */
  problemOf: (subject: Subject) => LxdError | undefined;
}

/**
 * The reasons why no URL can be downloaded; empty if one of them has the file, or fails in a way that may pass, such as
 * a timeout or a server error. A GET, since servers of signed URLs refuse HEAD. The bytes that are requested are those
 * by which a download is recognised, so a preview says what the download would.
 */
export async function probe(
  { urls, checksum, problemOf }: Probed,
  settings: DownloadSettings,
): Promise<ProbeProblem[]> {
  const mayLeaveTls = isSelfContained(parseChecksum(checksum));
  const transport = openTransport({ ...settings, limits: { ...probeLimits, ...settings.limits } });
  const problems: ProbeProblem[] = [];
  try {
    for (const [at, text] of urls.entries()) {
      const result = await ask(parseSourceUrl(text), { transport, mayLeaveTls });
      settings.signal?.throwIfAborted();
      if (result === undefined) return [];
      if (!("error" in result)) {
        const error = problemOf({ ...result, name: redactedText(text), isOnWeb: true });
        // The first one that answers is the one that is downloaded.
        return error === undefined ? [] : [...problems, { at, error }];
      }
      if (!result.isFinal) return [];
      problems.push({ at, error: LxdError.from(result.error) });
    }
    return problems;
  } finally {
    transport.close();
  }
}

type Seen = Pick<Subject, "found" | "answer">;

/** What is at a URL; undefined if that cannot be seen now. */
async function ask(
  url: URL,
  { transport, mayLeaveTls }: { transport: Transport; mayLeaveTls: boolean },
): Promise<Seen | Failure | undefined> {
  const headersFor = () => ({ range: `bytes=0-${headBytes - 1}` });
  const from = await exchange(url, { transport, mayLeaveTls, headersFor });
  if ("error" in from) return from;
  const result = await judge(from, { offset: 0, withRange: true, limits: transport.limits });
  if (typeof result === "string") return undefined;
  return "error" in result ? result : seen(result);
}

async function seen({ body, sizeBytes, said }: Answer): Promise<Seen | undefined> {
  const head = await headOf(body).catch(() => undefined);
  if (head === undefined || head.length === 0) return undefined;
  // A server that knows no ranges sends everything: what follows is not read.
  const isWhole = sizeBytes === undefined ? head.length < headBytes : head.length === sizeBytes;
  return { found: await recognise(bytesOfHead(head, isWhole)), answer: said };
}

async function headOf(body: Readable): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    parts.push(chunk);
    length += chunk.length;
    if (length >= headBytes) break;
  }
  return Buffer.concat(parts).subarray(0, headBytes);
}
