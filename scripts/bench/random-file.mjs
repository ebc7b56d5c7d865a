// Files of random bytes: nothing about them can be left out, packed or guessed by whoever handles them.
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
  // A hash is not remembered for a file that was changed a moment ago.
  await sleep(2500);
}
