// Files of random bytes, which cannot be skipped, compressed or predicted.
import { randomFillSync } from "node:crypto";
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * @param {string} file
 * @param {number} bytes a multiple of 8 MiB
 */
export async function makeRandomFile(file, bytes) {
  console.log(`  making ${bytes / 2 ** 30} GiB of random bytes …`);
  const chunk = Buffer.alloc(8 * 2 ** 20);
  const fd = openSync(file, "w");
  for (let done = 0; done < bytes; done += chunk.length) writeSync(fd, randomFillSync(chunk));
  fsyncSync(fd);
  closeSync(fd);
  // The hash of a recently changed file is not cached.
  await sleep(2500);
}
