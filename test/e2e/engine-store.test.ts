// Proves what keeps and fetches engines: whole or not at all, once for all callers, as the release's checksums say.
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

describe("the store of engines", () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "pulumi-lxd-store-"));
  });
  afterAll(() => rm(dir, { recursive: true }));
  const silent = (): void => undefined;

  it("does the work once for two at the same time", async () => {
    const { makeOnce } = await import("../../scripts/engine/store.mjs");
    let made = 0;
    const make = async (temporary: string): Promise<void> => {
      made += 1;
      await new Promise((resolve) => setTimeout(resolve, 100));
      await writeFile(join(temporary, "file"), "whole");
    };
    await Promise.all([makeOnce(join(dir, "twice"), make, silent), makeOnce(join(dir, "twice"), make, silent)]);
    expect(made).toBe(1);
    expect(await readFile(join(dir, "twice/file"), "utf8")).toBe("whole");
  });

  it("does not take a half-finished one, nor its lock, for a finished one", async () => {
    const { makeOnce } = await import("../../scripts/engine/store.mjs");
    await mkdir(join(dir, "killed.tmp-x"));
    // No process has this id: Linux ends at 2^22.
    await writeFile(join(dir, "killed.lock"), "99999999");
    await expect(makeOnce(join(dir, "killed"), () => Promise.reject(new Error("broke")), silent)).rejects.toThrow(
      "broke",
    );
    await makeOnce(join(dir, "killed"), (temporary) => writeFile(join(temporary, "file"), "whole"), silent);
    expect((await readdir(dir)).filter((name) => name.startsWith("killed"))).toEqual(["killed"]);
  });
});

describe("the download", () => {
  const archive = Buffer.from("not the CLI");
  const sha256 = createHash("sha256").update(archive).digest("hex");
  let server: Server;
  let site: string;
  let checksums: string;
  beforeAll(async () => {
    server = createServer((request, response) =>
      response.end(request.url?.endsWith("checksums.txt") ? checksums : archive),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  async function download(into: string): Promise<void> {
    const { downloadEngine } = await import("../../scripts/engine/download.mjs");
    await downloadEngine(into, { version: "1.2.3", log: () => undefined, sites: [site] });
  }

  it("is refused when it is not what the release's checksums say", async () => {
    const into = await mkdtemp(join(tmpdir(), "pulumi-lxd-download-"));
    const name = `pulumi-v1.2.3-${process.platform}-${process.arch}.tar.gz`;
    checksums = `${"0".repeat(64)}  ${name}\n`;
    await expect(download(into)).rejects.toThrow(`has SHA-256 ${sha256}, the release says 000`);
    checksums = `${sha256}  another.tar.gz\n`;
    await expect(download(into)).rejects.toThrow(`lists no ${name}`);
    await rm(into, { recursive: true });
  });
});
