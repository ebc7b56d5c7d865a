// Keeps the end of a byte stream of any length, up to a limit.

export class Tail {
  #chunks: Buffer[] = [];
  #keptBytes = 0;
  #isCut = false;

  constructor(private readonly limitBytes: number) {}

  add(bytes: Buffer): void {
    this.#chunks.push(bytes);
    this.#keptBytes += bytes.length;
    // Cuts only now and then, so that large outputs stay cheap.
    if (this.#keptBytes > 2 * this.limitBytes) this.#cut();
  }

  /** Returns the kept text; a first line tells if it is incomplete. */
  text(): string {
    if (this.#keptBytes > this.limitBytes) this.#cut();
    const text = Buffer.concat(this.#chunks).toString("utf8");
    return this.#isCut ? `[only the last ${this.limitBytes} bytes are kept]\n${text}` : text;
  }

  #cut(): void {
    const all = Buffer.concat(this.#chunks);
    this.#chunks = [all.subarray(all.length - this.limitBytes)];
    this.#keptBytes = this.limitBytes;
    this.#isCut = true;
  }
}
