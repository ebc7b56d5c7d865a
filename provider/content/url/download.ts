// Downloads one file from the first working mirror and resumes interrupted transfers.
import { pause } from "../../base/abort";
import { LxdError } from "../../base/errors";
import { type AnswerHeaders } from "../content";
import { type Answer, type Complete, judge } from "./answer";
import { exchange } from "./exchange";
import { type Failure, failureAt, networkFailure } from "./failure";
import { Mirror } from "./mirror";
import { redactedUrl } from "./redacted-url";
import { type Transport } from "./transport";

export interface DownloadOptions {
  /** At least one, tried in this order. */
  urls: readonly URL[];
  transport: Transport;
  /** Whether a redirect from https:// to http:// is allowed. */
  mayLeaveTls: boolean;
}

/**
 * One download. Parts from several mirrors or attempts are joined without comparison: the checksum over the whole
 * decides.
 */
export class Download {
  /** The size of the file, once a server has reported it. */
  sizeBytes: number | undefined;
  /** What the server said of its first answer. */
  said: AnswerHeaders | undefined;
  /** How many bytes have been passed on. */
  private offset = 0;
  private readonly mirrors: readonly Mirror[];
  private current: Mirror | undefined;

  constructor(private readonly options: DownloadOptions) {
    this.mirrors = options.urls.map((url) => new Mirror(url, options.transport.limits));
  }

  /** Tries the mirrors in turn until one returns bytes to continue with. */
  async connect(): Promise<Answer | Complete> {
    for (const mirror of this.mirrors) {
      this.current = mirror;
      while (!mirror.isSpent) {
        await pause(mirror.pauseMs(), this.options.transport.signal);
        const result = await this.attempt(mirror);
        if (typeof result === "string" || !("error" in result)) return result;
        this.options.transport.signal.throwIfAborted();
        mirror.fail(result, false);
      }
    }
    throw this.exhausted();
  }

  /** All bytes, starting with those of the first response. */
  async *bytes(first: Answer | Complete): AsyncGenerator<Buffer, void> {
    let answer = first;
    while (answer !== "complete") {
      const before = this.offset;
      const failure = yield* this.read(answer);
      if (failure === undefined) return;
      this.options.transport.signal.throwIfAborted();
      this.current?.fail(failure, this.offset > before);
      answer = await this.connect();
    }
  }

  private async attempt(mirror: Mirror): Promise<Answer | Complete | Failure> {
    const { transport, mayLeaveTls } = this.options;
    const headersFor = (url: URL) => mirror.rangeHeaders(url, this.offset);
    const from = await exchange(mirror.url, { transport, mayLeaveTls, headersFor });
    if ("error" in from) return from;
    const desired = { offset: this.offset, withRange: mirror.asksRange(this.offset), limits: transport.limits };
    const result = await judge(from, desired);
    if (result === "no-ranges") {
      mirror.hasRanges = false;
      return this.attempt(mirror);
    }
    return typeof result === "string" || "error" in result ? result : this.accept(mirror, result);
  }

  /** The first response determines the size; a mirror with a different size has a different file. */
  private accept(mirror: Mirror, answer: Answer): Answer | Failure {
    const { url, sizeBytes } = answer;
    this.sizeBytes ??= sizeBytes;
    this.said ??= answer.said;
    if (sizeBytes === undefined || sizeBytes === this.sizeBytes) {
      mirror.remember(url, answer.validator);
      return answer;
    }
    answer.body.destroy();
    const why = `the file has ${sizeBytes} bytes on this mirror, but ${String(this.sizeBytes)} on another`;
    return failureAt({ url, why, code: "content-mismatch", isFinal: true });
  }

  /** Passes on the new bytes of one response; returns the failure if it did not reach the end of the file. */
  private async *read({ url, body, skip }: Answer): AsyncGenerator<Buffer, Failure | undefined> {
    let known = skip;
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        const fresh = chunk.subarray(Math.min(known, chunk.length));
        known -= chunk.length - fresh.length;
        this.offset += fresh.length;
        if (this.offset > (this.sizeBytes ?? Infinity)) return overrun(url);
        if (fresh.length > 0) yield fresh;
      }
    } catch (error) {
      return networkFailure(url, error);
    }
    const isWhole = known === 0 && this.offset === (this.sizeBytes ?? this.offset);
    return isWhole
      ? undefined
      : failureAt({ url, why: "the transfer ended before the end of the file", isFinal: false });
  }

  private exhausted(): LxdError {
    const failures = this.mirrors.map((mirror) => ({ mirror, error: mirror.lastFailure?.error ?? untried() }));
    const [only, ...others] = failures;
    const got = this.offset > 0 ? `after ${this.offset} bytes: ` : "";
    if (only !== undefined && others.length === 0) {
      const { details } = only.error;
      return new LxdError({ ...details, why: `${got}${details.why}${attempts(only.mirror)}` });
    }
    const reasons = failures.map(
      ({ mirror, error }) => `${redactedUrl(mirror.url)}: ${error.details.why}${attempts(mirror)}`,
    );
    const codes = new Set(failures.map(({ error }) => error.code));
    const [code = "unavailable"] = codes;
    return new LxdError({
      code: codes.size === 1 ? code : "unavailable",
      why: `${got}none of ${failures.length} mirrors could provide the file:\n  ${reasons.join("\n  ")}\n `,
      advice: failures.map(({ error }) => error.details.advice).find((advice) => advice !== undefined),
    });
  }
}

function untried(): LxdError {
  return new LxdError({ code: "unavailable", why: "not tried" });
}

function overrun(url: URL): Failure {
  const why = "the server sends more bytes than it announced";
  return failureAt({ url, why, code: "content-mismatch", isFinal: true });
}

function attempts({ failed }: Mirror): string {
  return failed > 1 ? ` (${failed} attempts)` : "";
}
