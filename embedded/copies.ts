// Bytes on their way into a pool. They take as long as a test wants; a daemon that is killed leaves what it has got.
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
      // One file all the time: when it is deleted meanwhile, the next one of that name is another.
      for (let part = 0; part < parts; part++) {
        const { bytesRead, buffer } = await source.read(Buffer.alloc(partBytes), 0, partBytes, part * partBytes);
        await target.write(buffer, 0, bytesRead);
        await this.pass(1 / parts);
      }
    } finally {
      await Promise.all([source.close(), target.close()]);
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
