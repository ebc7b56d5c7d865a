// Bytes on their way into a pool. They take as long as a test wants; a daemon that is killed leaves what it has got.
import { constants, createReadStream, createWriteStream } from "node:fs";
import { copyFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";

const parts = 4;

export class Copies {
  #isDead = false;

  constructor(private readonly ms: number) {}

  async copy(from: string, to: string): Promise<void> {
    if (this.ms === 0) return copyFile(from, to, constants.COPYFILE_FICLONE);
    const { size } = await stat(from);
    const partBytes = Math.ceil(size / parts);
    await writeFile(to, "");
    for (let part = 0; part < parts; part++) {
      const start = part * partBytes;
      const piece = createReadStream(from, { start, end: start + Math.max(partBytes, 1) - 1 });
      await pipeline(piece, createWriteStream(to, { flags: "a" }));
      await this.pass(1 / parts);
    }
  }

  /** A copy of what is not needed any more. */
  async move(from: string, to: string): Promise<void> {
    if (this.ms === 0) return rename(from, to);
    await this.copy(from, to);
    await rm(from);
  }

  /** The time of a copy of what is not simulated. */
  async pass(share = 1): Promise<void> {
    if (this.ms > 0) await sleep(this.ms * share);
    // What a dead process was about to do is never done.
    if (this.#isDead) await new Promise(() => undefined);
  }

  kill(): void {
    this.#isDead = true;
  }
}
