// A mirror of the file, with the results of earlier attempts.
import { type Failure } from "./failure";
import { backOffMs } from "./back-off";
import { type DownloadLimits } from "./limits";

export class Mirror {
  /** Whether the mirror supports ranges, as far as known. */
  hasRanges = true;
  lastFailure: Failure | undefined;
  /** Total failed attempts. */
  failed = 0;
  /** Consecutive failed attempts without a new byte. */
  private barren = 0;
  /** Keyed by final URL: a redirector may select a different server each time, each with its own ETags. */
  private readonly validators = new Map<string, string>();

  constructor(
    readonly url: URL,
    private readonly limits: DownloadLimits,
  ) {}

  /** Whether no further attempt on this mirror makes sense. */
  get isSpent(): boolean {
    if (this.lastFailure?.isFinal === true) return true;
    return this.barren >= this.limits.barrenAttempts || this.failed >= this.limits.attempts;
  }

  /** Records a failed attempt, and whether it returned new bytes. */
  fail(failure: Failure, hadNewBytes: boolean): void {
    this.lastFailure = failure;
    this.failed += 1;
    this.barren = hadNewBytes ? 1 : this.barren + 1;
  }

  /** The delay before the next attempt on this mirror. */
  pauseMs(): number {
    if (this.failed === 0) return 0;
    return this.lastFailure?.waitMs ?? backOffMs(this.barren, this.limits);
  }

  remember(url: URL, validator: string | undefined): void {
    if (validator !== undefined) this.validators.set(url.href, validator);
  }

  /** The headers that request the rest of the file, from `offset` on. */
  rangeHeaders(url: URL, offset: number): Record<string, string> {
    if (!this.asksRange(offset)) return {};
    const validator = this.validators.get(url.href);
    return { range: `bytes=${offset}-`, ...(validator === undefined ? {} : { "if-range": validator }) };
  }

  asksRange(offset: number): boolean {
    return offset > 0 && this.hasRanges;
  }
}
