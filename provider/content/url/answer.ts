// Interprets a server's response to a request for a file from a given byte on.
import { type Readable } from "node:stream";
import { type AnswerHeaders } from "../content";
import { type Exchange } from "./exchange";
import { type Failure, failureAt } from "./failure";
import { type DownloadLimits } from "./limits";
import { retryAfterMs } from "./back-off";

/** A body to continue with. */
export interface Answer {
  url: URL;
  body: Readable;
  /** How many bytes at the start of the body are already known. */
  skip: number;
  /** The size of the whole file, if the server reports it. */
  sizeBytes: number | undefined;
  /** Identifies this version of the file: a strong ETag or a date, for `If-Range`. */
  validator: string | undefined;
  said: AnswerHeaders;
}

/** The server has nothing after the requested byte: the file is complete. */
export type Complete = "complete";

/** The server does not support the range: request the whole file instead. */
export type NoRanges = "no-ranges";

export interface Requested {
  /** The first requested byte. */
  offset: number;
  /** Whether the request specified a range. */
  withRange: boolean;
  limits: DownloadLimits;
}

/** Interprets a response for a download that needs the bytes from `offset` on. */
export async function judge(from: Exchange, desired: Requested): Promise<Answer | Complete | NoRanges | Failure> {
  const { status, headers } = from;
  if (status === 200) return answer(from, { skip: desired.offset, sizeBytes: sizeOf(headers["content-length"]) });
  const range = parseContentRange(headers["content-range"]);
  if (status === 206 && desired.withRange && range?.start === desired.offset) {
    return answer(from, { skip: 0, sizeBytes: range.sizeBytes });
  }
  await from.drop();
  if (status === 416 && range?.start === undefined && range?.sizeBytes === desired.offset) return "complete";
  if (desired.withRange && (status === 206 || status === 416)) return "no-ranges";
  return refusal(from, desired.limits);
}

function answer({ url, body, headers }: Exchange, { skip, sizeBytes }: Pick<Answer, "skip" | "sizeBytes">): Answer {
  const etag = headers.etag;
  const isStrong = etag !== undefined && !etag.startsWith("W/");
  const said = { contentType: headers["content-type"], contentEncoding: headers["content-encoding"] };
  return { url, body, skip, sizeBytes, validator: isStrong ? etag : headers["last-modified"], said };
}

function refusal({ url, status, headers }: Exchange, limits: DownloadLimits): Failure {
  const mayPass = status >= 500 || status === 429 || status === 408;
  return failureAt({
    url,
    status,
    why: reasons[status] ?? `the server answered ${status}`,
    code: codes[status] ?? "unavailable",
    isFinal: !mayPass,
    waitMs: mayPass ? retryAfterMs(headers["retry-after"], limits) : undefined,
    advice: advices[status],
  });
}

const reasons: Partial<Record<number, string>> = {
  401: "the server requires credentials",
  403: "the server refuses access",
  404: "there is no such file on the server",
  410: "the server has removed the file",
  429: "the server reports too many requests",
};

const codes: Partial<Record<number, "not-found" | "permission-denied">> = {
  401: "permission-denied",
  403: "permission-denied",
  404: "not-found",
  410: "not-found",
};

const advices: Partial<Record<number, string>> = {
  401: "Put them in the URL, as https://user:password@host/…, from a Pulumi secret.",
  404: "Check the URL: the file may have a new name or place.",
};

function sizeOf(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,15}$/.test(header) ? Number(header) : undefined;
}

interface ContentRange {
  /** Absent in `bytes *\/<size>`, the response to an unsatisfiable range. */
  start: number | undefined;
  sizeBytes: number | undefined;
}

function parseContentRange(header: string | undefined): ContentRange | undefined {
  const match = /^bytes (?:(\d{1,15})-\d{1,15}|\*)\/(?:(\d{1,15})|\*)$/.exec(header ?? "");
  return match === null ? undefined : { start: sizeOf(match[1]), sizeBytes: sizeOf(match[2]) };
}
