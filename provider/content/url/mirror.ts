// One place where the file can be had, and what has been learned of it so far.
import { type Failure } from "./failure";
import { backOffMs } from "./back-off";
import { type DownloadLimits } from "./limits";

export class Mirror {
  /** Whether ranges are worth asking for. */
  hasRanges = true;
  lastFailure: Failure | undefined;
  /** Attempts that have failed, in all. */
  failed = 0;
  /** Of these, the last ones in a row that brought no new byte. */
  private barren = 0;
  /** By the URL that gave it: a redirector may send us to another server each time, with ETags of its own. */
  private readonly validators = new Map<string, string>();

  constructor(
    readonly url: URL,
    private readonly limits: DownloadLimits,
  ) {}

  /** Nothing more is to be expected here. */
  get isSpent(): boolean {
    if (this.lastFailure?.isFinal === true) return true;
    return this.barren >= this.limits.barrenAttempts || this.failed >= this.limits.attempts;
  }

  /** Takes note of a failed attempt, and of whether it brought us any further. */
  fail(failure: Failure, hadNewBytes: boolean): void {
    this.lastFailure = failure;
    this.failed += 1;
    this.barren = hadNewBytes ? 1 : this.barren + 1;
  }

  /** How long to wait before the next attempt here. */
  pauseMs(): number {
    if (this.failed === 0) return 0;
    return this.lastFailure?.waitMs ?? backOffMs(this.barren, this.limits);
  }

  remember(url: URL, validator: string | undefined): void {
    if (validator !== undefined) this.validators.set(url.href, validator);
  }

  /** The headers that ask for the rest of the file, from `offset` on. */
  rangeHeaders(url: URL, offset: number): Record<string, string> {
    if (!this.asksRange(offset)) return {};
    const validator = this.validators.get(url.href);
    return { range: `bytes=${offset}-`, ...(validator === undefined ? {} : { "if-range": validator }) };
  }

  asksRange(offset: number): boolean {
    return offset > 0 && this.hasRanges;
  }
}
