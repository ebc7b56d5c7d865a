// An import is compared by content where the server can give it back (`backup_iso`), which no real daemon here can.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startEmbeddedDaemon } from "../../../embedded";
import { StackResource } from "../../contract/harness/stack";
import { tinyIso } from "../../contract/harness";
import { RawClient } from "../../contract/harness/raw";

describe("an import on a server that gives content back", () => {
  let dir = "";
  let daemon: Awaited<ReturnType<typeof startEmbeddedDaemon>>;
  // Not a multiple of what the pool rounds up to.
  const content = Buffer.concat([tinyIso({ marker: "existing" }), Buffer.alloc(1000, "x")]);

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "pulumi-lxd-export-"));
    daemon = await startEmbeddedDaemon({ dir: join(dir, "daemon"), withExtensions: ["backup_iso"] });
    const headers = { "Content-Type": "application/octet-stream", "X-Incus-name": "existing", "X-Incus-type": "iso" };
    const raw = new RawClient(() => daemon.socket);
    const { body } = await raw.post("/1.0/storage-pools/default/volumes/custom", content, headers);
    await raw.get(`${String(body.operation)}/wait`);
  });
  afterAll(async () => {
    await daemon.stop();
    await rm(dir, { recursive: true, force: true });
  });

  const failuresWith = async (bytes: Buffer): Promise<string[]> => {
    const file = join(dir, "local.iso");
    await writeFile(file, bytes);
    const volume = new StackResource("IsoVolume", "existing", daemon.socket);
    const args = { pool: "default", name: "existing", source: { file }, __import: "default/default/existing" };
    return (await volume.failures(args)).map(({ property, reason }) => `${property}: ${reason}`);
  };

  it("goes through when every byte is the same", async () => {
    expect(await failuresWith(content)).toEqual([]);
  });

  it("is refused when a byte is not, though the size is the same", async () => {
    const other = Buffer.from(content);
    other[content.length - 1] = 0;
    expect(await failuresWith(other)).toEqual([
      expect.stringMatching(/^source: import: the volume's content is sha256:/),
    ]);
  });
});
