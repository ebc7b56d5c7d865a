// How far hashing, downloading and uploading have come shows in the log of the real CLI: once in a minute, and at the end.
import { createHash } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo } from "node:net";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { describeEachDaemon, type TestDaemon, tinyIso } from "../contract/harness";
import { IsoStack, succeed } from "./iso-volume/stack";

const bigBytes = 512 * 1024 * 1024;
const shown = (verb: string): RegExp =>
  new RegExp(`${verb} [\\d.]+ \\w+ of [\\d.]+ \\w+, (100 %, [\\d.]+ \\w+/s(?!,)|\\d+ %, [\\d.]+ \\w+/s, \\d+ s left)`);

describeEachDaemon({ name: "Progress", on: ["embedded"] }, (daemon: TestDaemon) => {
  let stack: IsoStack;
  // Large enough to be sent in several pieces, slowly.
  const served = Buffer.concat([tinyIso({ marker: daemon.prefix }), Buffer.alloc(200_000, 7)]);
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-length": served.length });
    trickle(response, served);
  });

  beforeAll(async () => {
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x.iso`;
    const checksum = `sha256:${createHash("sha256").update(served).digest("hex")}`;
    stack = await IsoStack.create(
      daemon,
      `new lxd.IsoVolume("${daemon.name("big")}", { pool: "default", source: { file: "big.iso" } });
       new lxd.IsoVolume("${daemon.name("served")}", { pool: "default",
         source: { url: "${url}", checksum: "${checksum}" } });`,
    );
    await stack.write("big.iso", tinyIso({ marker: daemon.name("big") }));
    const file = await open(join(stack.project.dir, "big.iso"), "r+");
    await file.truncate(bigBytes);
    await file.close();
  });
  afterAll(async () => {
    server.close();
    await stack.dispose();
  });

  daemon.test(
    "shows percent and rate when it begins and when it is done, and until then the time left",
    { timeoutMs: 120_000 },
    async () => {
      const { stdout } = await succeed(stack.project.up());
      const linesOf = (name: string): string[] =>
        stdout.split("\n").filter((line) => line.includes(`IsoVolume ${daemon.name(name)}`));
      const [big, small] = [linesOf("big"), linesOf("served")];
      expect(big.join("\n")).toMatch(shown("hashing big.iso"));
      expect(big.join("\n")).toMatch(shown("uploading"));
      expect(small.join("\n")).toMatch(shown("uploading"));
      const percents = small.flatMap((line) => / (\d+) %/.exec(line)?.[1] ?? []).map(Number);
      expect(stdout).not.toMatch(/100 %.* left/);
      expect(percents.length).toBeLessThanOrEqual(4);
      expect([...percents].sort((a, b) => a - b)).toEqual(percents);
      expect(percents.at(-1)).toBe(100);
      for (const lines of [big, small]) expect(lines.at(-1)).not.toContain("%");
      await succeed(stack.project.destroy());
    },
  );
});

/** A tenth each fifth of a second. */
function trickle(response: ServerResponse, bytes: Buffer): void {
  const piece = Math.ceil(bytes.length / 10);
  let at = 0;
  const timer = setInterval(() => {
    response.write(bytes.subarray(at, (at += piece)));
    if (at < bytes.length) return;
    clearInterval(timer);
    response.end();
  }, 200);
}
