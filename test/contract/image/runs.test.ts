// A container of an image from each source runs a command, and the daemon knows the image by the fingerprint foretold.
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { type AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";

import { tinySplitImage } from "../harness";
import { noRealContainer, runInContainer } from "./guests";
import { ImageServer } from "./image-server";
import { describeImages, noUrls, sha256 } from "./site";

describeImages("image that runs", (site) => {
  const { daemon } = site;
  let web: Server;
  let url = "";
  beforeAll(async () => {
    web = createServer((request, response) => {
      const product = daemon.product === "incus" ? "Incus" : "LXD";
      response.setHeader(`${product}-Image-Hash`, sha256(site.bytes));
      response.setHeader(`${product}-Image-URL`, `${url}image.tar.gz`);
      response.end(request.method === "HEAD" ? undefined : site.bytes);
    });
    await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(web.address() as AddressInfo).port}/`;
  });
  afterAll(() => web.close());

  const missing = (): string | undefined => noRealContainer(site);
  const test = (title: string, body: () => Promise<void>): void =>
    daemon.test(title, { missing, timeoutMs: 60_000 }, body);

  /** `foretold` is the fingerprint that the preview knows; undefined where only the daemon can know it. */
  const runs = async (source: object, foretold: string | undefined): Promise<void> => {
    const image = site.resource();
    expect((await image.check({ source })).inputs["fingerprint"]).toBe(foretold);
    expect(await image.up({ source, properties: { run: site.name() } })).toBe("created");
    const fingerprint = String(image.outputs["fingerprint"]);
    expect((await site.image(fingerprint)).fingerprint).toBe(foretold ?? sha256(site.bytes));
    expect(await runInContainer(site, fingerprint, "echo alive")).toBe("alive\n");
    await image.destroy();
    expect(await site.find(fingerprint)).toBeUndefined();
  };

  test("from a file", () => runs({ file: site.file }, sha256(site.bytes)));

  test("from two files", async () => {
    const split = tinySplitImage({ properties: { os: "tiny", run: site.name() } });
    const source = { metadata: join(site.dir, "meta"), rootfs: join(site.dir, "root") };
    await writeFile(source.metadata, split.metadata);
    await writeFile(source.rootfs, split.rootfs);
    await runs(source, sha256(Buffer.concat([split.metadata, split.rootfs])));
  });

  test("from a download", () =>
    runs({ download: `${url}image.tar.gz`, checksum: `sha256:${sha256(site.bytes)}` }, sha256(site.bytes)));

  test("from a download that is pinned by another hash", () => {
    const checksum = `sha512:${createHash("sha512").update(site.bytes).digest("hex")}`;
    return runs({ download: `${url}image.tar.gz`, checksum }, undefined);
  });

  const needsUrls = { missing: () => missing() ?? noUrls(daemon), timeoutMs: 60_000 };
  daemon.test("from a URL of the daemon's own protocol", needsUrls, () => runs({ url }, undefined));

  const needsServer = { missing: () => missing() ?? ImageServer.missing(), timeoutMs: 60_000 };
  daemon.test("from an image server, by alias and by fingerprint", needsServer, async () => {
    const server = await ImageServer.start();
    await server.put(site.bytes, site.name());
    try {
      const place = { server: server.url, protocol: "incus", certificate: server.certificate };
      await runs({ ...place, alias: site.name() }, undefined);
      await runs({ ...place, fingerprint: sha256(site.bytes) }, sha256(site.bytes));
    } finally {
      await server.remove(sha256(site.bytes));
    }
  });
});
