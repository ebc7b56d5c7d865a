// The end of a stream of bytes: as much as is kept of it, however much there was.

export class Tail {
  #chunks: Buffer[] = [];
  #keptBytes = 0;
  #isCut = false;

  constructor(private readonly limitBytes: number) {}

  add(bytes: Buffer): void {
    this.#chunks.push(bytes);
    this.#keptBytes += bytes.length;
    // Cut now and then, not with each chunk, so that much output costs no more than it must.
    if (this.#keptBytes > 2 * this.limitBytes) this.#cut();
  }

  /** What is kept; a first line says if that is not all. */
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
