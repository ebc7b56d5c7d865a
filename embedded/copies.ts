// Copies bytes into a pool, with a configurable duration; a killed daemon leaves a partial copy.
import { constants } from "node:fs";
import { copyFile, open, rename, rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

const parts = 4;

export class Copies {
  #isDead = false;

  constructor(private readonly ms: number) {}

  async copy(from: string, to: string): Promise<void> {
    if (this.ms === 0) return copyFile(from, to, constants.COPYFILE_FICLONE);
    const [source, target] = await Promise.all([open(from), open(to, "w")]);
    try {
      const partBytes = Math.ceil((await source.stat()).size / parts);
      // Keeps one file open: if it is deleted meanwhile, a later file of the same name is a different one.
      for (let part = 0; part < parts; part++) {
        const { bytesRead, buffer } = await source.read(Buffer.alloc(partBytes), 0, partBytes, part * partBytes);
        await target.write(buffer, 0, bytesRead);
        await this.pass(1 / parts);
      }
    } finally {
      await Promise.all([source.close(), target.close()]);
    }
  }

  /** Copies a file and removes the source. */
  async move(from: string, to: string): Promise<void> {
    if (this.ms === 0) return rename(from, to);
    await this.copy(from, to);
    await rm(from);
  }

  /** Takes the time of a copy whose bytes are not simulated. */
  async pass(share = 1): Promise<void> {
    if (this.ms > 0) await sleep(this.ms * share);
    // A killed daemon never continues.
    if (this.#isDead) await new Promise(() => undefined);
  }

  kill(): void {
    this.#isDead = true;
  }
}
