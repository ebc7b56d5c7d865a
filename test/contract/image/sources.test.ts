// Images from each source but image servers: two files, downloads, instances and snapshots.
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { type AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { makeInstance, setState, type TinyImageOptions, tinySplitImage } from "../harness";
import { type StackResource, unknown } from "../harness/stack";
import { describeImages, sha256 } from "./site";

describeImages("image sources", (site) => {
  let image: StackResource;
  beforeEach(() => {
    image = site.resource();
  });
  const name = (suffix: string): string => site.name(`-${suffix}`);

  describe("two files", () => {
    const write = async (type: TinyImageOptions["type"] & string): Promise<{ source: object; fingerprint: string }> => {
      const split = tinySplitImage({ type, properties: { os: "tiny", run: site.name() } });
      const source = { metadata: join(site.dir, `${site.count}.meta`), rootfs: join(site.dir, `${site.count}.root`) };
      await writeFile(source.metadata, split.metadata);
      await writeFile(source.rootfs, split.rootfs);
      return { source: { ...source, type }, fingerprint: sha256(Buffer.concat([split.metadata, split.rootfs])) };
    };

    it.each(["container", "virtual-machine"] as const)(
      "make a %s, whose fingerprint the preview knows",
      async (type) => {
        const { source, fingerprint } = await write(type);
        expect((await image.check({ source })).inputs["fingerprint"]).toBe(fingerprint);
        await image.up({ source, properties: { one: "1" }, aliases: [name("a")] });
        const wire = await site.image(fingerprint);
        expect(wire).toMatchObject({
          type,
          filename: expect.stringContaining(`-${site.count}.root`) as string,
          aliases: [{ name: name("a") }],
        });
        expect(wire.properties).toMatchObject({ os: "tiny", run: site.name(), one: "1" });
        expect(await image.up({ source, properties: { one: "1" }, aliases: [name("a")] })).toBe("same");
        await image.destroy();
        expect(await site.find(fingerprint)).toBeUndefined();
      },
    );

    it("are another image when one of them changes", async () => {
      const { source, fingerprint } = await write("container");
      await image.up({ source });
      const other = tinySplitImage({ properties: { os: "other", run: site.name() } });
      await writeFile((source as { metadata: string }).metadata, other.metadata);
      expect(await image.up({ source })).toBe("replaced");
      expect(await site.find(fingerprint)).toBeUndefined();
      expect(await site.image(sha256(Buffer.concat([other.metadata, other.rootfs])))).toBeDefined();
    });

    it("that an earlier release accepted stay valid until they change", async () => {
      const { source } = await write("container");
      await image.up({ source });
      const rootfs = "not what a root looks like\n";
      await writeFile((source as { rootfs: string }).rootfs, rootfs);
      expect((await image.failures({ source })).map(({ property }) => property)).toEqual(["source.rootfs"]);
      const { metadata } = tinySplitImage({ properties: { os: "tiny", run: site.name() } });
      image.inputs = { ...image.inputs, fingerprint: sha256(Buffer.concat([metadata, Buffer.from(rootfs)])) };
      expect(await image.failures({ source })).toEqual([]);
    });

    it.each([
      ["container", "virtual-machine", /is a qcow2 disk[^]*type: "virtual-machine"/],
      ["virtual-machine", "container", /compressed with gzip, not a qcow2 disk[^]*qemu-img convert/],
    ] as const)("as a %s are refused with the root of a %s", async (said, type, reason) => {
      const { source } = await write(type);
      const [failure] = await image.failures({ source: { ...source, type: said } });
      expect(failure?.property).toBe("source.rootfs");
      expect(failure?.reason).toMatch(reason);
    });
  });

  describe("a download", () => {
    let server: Server;
    let requests = 0;
    let answer: Buffer | undefined;
    let headers: Record<string, string> = {};
    /** The server is busy during the preview, so only the download sees what it sends. */
    let isBusyInPreview = false;
    beforeEach(() => {
      answer = undefined;
      headers = {};
      isBusyInPreview = false;
    });
    const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/tiny%20image.tar.gz`;
    beforeAll(async () => {
      server = createServer((request, response) => {
        // The preview asks for the start of the file, to see what it is.
        const isProbe = /^bytes=0-\d+$/.test(request.headers.range ?? "");
        if (!isProbe) requests++;
        if (isProbe && isBusyInPreview) response.writeHead(503).end();
        else response.writeHead(200, headers).end(answer ?? site.bytes);
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    });
    afterAll(() => server.close());

    it("with a SHA-256 is known in the preview, without downloading it", async () => {
      requests = 0;
      const source = { download: url(), checksum: `sha256:${sha256(site.bytes)}` };
      expect((await image.check({ source })).inputs["fingerprint"]).toBe(sha256(site.bytes));
      expect(requests).toBe(0);
      await image.up({ source });
      expect((await site.image()).properties).toMatchObject({ run: site.name() });
      expect(await image.up({ source })).toBe("same");
      expect(requests).toBe(1);
    });

    it("with a SHA-512 is known once it is made, also to later previews", async () => {
      const checksum = `sha512:${createHash("sha512").update(site.bytes).digest("hex")}`;
      const source = { download: url(), checksum };
      expect((await image.check({ source })).inputs).not.toHaveProperty("fingerprint");
      await image.up({ source });
      expect(image.outputs["fingerprint"]).toBe(sha256(site.bytes));
      expect(await image.up({ source })).toBe("same");
      expect((await image.check({ source, public: true })).inputs["fingerprint"]).toBe(sha256(site.bytes));
      expect(await image.up({ source, public: true })).toBe("updated");
      await image.destroy();
      expect(await site.find()).toBeUndefined();
    });

    it("of other bytes leaves nothing", async () => {
      const source = { download: url(), checksum: `sha256:${"0".repeat(64)}` };
      await expect(image.up({ source })).rejects.toThrow(/content-mismatch/);
      expect(image.id).toBeUndefined();
      expect(await site.find()).toBeUndefined();
    });

    const page = Buffer.from("<!DOCTYPE html><title>Log in</title>");
    it.each<[string, () => Buffer, Record<string, string>, RegExp[]]>([
      ["a disk", () => Buffer.from(`QFI\xfb${"\0".repeat(400_000)}`, "latin1"), {}, [/is a qcow2 disk, not an image/]],
      [
        "a page",
        () => Buffer.concat([page, Buffer.alloc(400_000, " ")]),
        { "content-type": "text/html" },
        [/is an HTML page, not an image/, /\(Content-Type: text\/html\)/, /login or error page: check the URL/],
      ],
      ["metadata alone", () => tinySplitImage().metadata, {}, [/is the metadata tarball of a split image/]],
    ])("of %s is refused in the preview, or before the daemon receives it", async (_what, make, said, words) => {
      [answer, headers] = [make(), said];
      const checksum = `sha256:${sha256(answer)}`;
      requests = 0;
      const failures = await image.failures({ source: { download: url(), checksum } });
      expect(failures).toMatchObject([{ property: "source.download" }]);
      for (const word of words) expect(failures[0]?.reason).toMatch(word);
      expect(requests).toBe(0);
      isBusyInPreview = true;
      const error: unknown = await image.up({ source: { download: url(), checksum } }).catch((each: unknown) => each);
      const { message } = error as Error;
      for (const word of words) expect(message).toMatch(word);
      expect(message).not.toContain("POST");
      expect(await site.find(sha256(answer))).toBeUndefined();
    });

    it("of other bytes tells what the server sent", async () => {
      isBusyInPreview = true;
      answer = page;
      headers = { "content-type": "text/html; charset=utf-8" };
      const source = { download: url(), checksum: `sha256:${sha256(site.bytes)}` };
      await expect(image.up({ source })).rejects.toThrow(
        /do not match[^]*what the server sent is an HTML page \(Content-Type: text\/html; charset=utf-8\)[^]*login or error page/,
      );
    });

    it("without a checksum is refused, with advice", async () => {
      const failures = await image.failures({ source: { download: "ftp://x/y" } });
      expect(failures.map(({ property }) => property).sort()).toEqual(["source.checksum", "source.download"]);
    });
  });

  describe("an instance", () => {
    let instance = "";
    beforeAll(async () => {
      const fingerprint = await site.upload(site.content("-base"));
      instance = site.daemon.name("published");
      const from = { source: { type: "image", fingerprint }, type: "container", config: {} };
      await makeInstance(site.daemon, "published", {
        ...from,
        devices: { root: { type: "disk", path: "/", pool: "default" } },
      });
    });
    const state = async (): Promise<unknown> =>
      ((await site.daemon.raw.get(`/1.0/instances/${instance}`)).body.metadata as Record<string, unknown>)["status"];
    const args = (more: object = {}, said: object = {}): Record<string, unknown> => ({
      source: { instance, compression: "none", ...more },
      properties: { run: site.name() },
      ...said,
    });

    it("is published once, and found again by every later preview", async () => {
      expect((await image.check(args())).inputs).not.toHaveProperty("fingerprint");
      await image.up(args({}, { aliases: [name("a")], public: true }));
      const fingerprint = String(image.outputs["fingerprint"]);
      const wire = await site.image(fingerprint);
      expect(wire).toMatchObject({ type: "container", public: true, aliases: [{ name: name("a") }] });
      expect(wire.properties).toMatchObject({ run: site.name() });
      expect(await image.up(args({}, { aliases: [name("a")], public: true }))).toBe("same");
      expect((await image.check(args())).inputs["fingerprint"]).toBe(fingerprint);
      expect(await image.up(args())).toBe("updated");
      await image.refresh();
      expect(await image.up(args())).toBe("same");
      await image.destroy();
      expect(await site.find(fingerprint)).toBeUndefined();
    });

    it("is published again when the trigger changes, and the aliases move", async () => {
      await image.up(args({ trigger: "1" }, { aliases: [name("a")] }));
      const first = String(image.outputs["fingerprint"]);
      expect(await image.up(args({ trigger: "2" }, { aliases: [name("a")] }))).toBe("replaced");
      expect(await site.find(first)).toBeUndefined();
      expect(await site.target(name("a"))).toBe(image.outputs["fingerprint"]);
      expect(image.outputs["fingerprint"]).not.toBe(first);
    });

    it("that runs is refused without consent, stopped and started again with it", async () => {
      const path = `/1.0/instances/${instance}`;
      expect(await setState(site.daemon, path, { action: "start" })).toMatchObject({ ok: true });
      try {
        await expect(image.up(args())).rejects.toThrow(/is running \[in-use\]\n.*stopRunning: true/);
        expect(image.id).toBeUndefined();
        expect(await image.up(args({ stopRunning: true }))).toBe("created");
        expect(await site.image(String(image.outputs["fingerprint"]))).toBeDefined();
        expect(await state()).toBe("Running");
        expect(await image.up(args())).toBe("same");
      } finally {
        await setState(site.daemon, path, { action: "stop", force: true });
      }
    }, 120_000);

    it("is published from a snapshot, also while it runs", async () => {
      const path = `/1.0/instances/${instance}`;
      const made = await site.daemon.settle(site.daemon.raw.post(`${path}/snapshots`, { name: "s1" }));
      expect(made).toMatchObject({ ok: true });
      await setState(site.daemon, path, { action: "start" });
      try {
        await image.up({
          source: { snapshot: `${instance}/s1`, compression: "none" },
          properties: { run: site.name() },
        });
        expect(await site.image(String(image.outputs["fingerprint"]))).toMatchObject({ type: "container" });
      } finally {
        await setState(site.daemon, path, { action: "stop", force: true });
      }
    }, 120_000);

    it("that is not there is named in the error", async () => {
      const source = { instance: site.daemon.name("absent") };
      await expect(image.up({ source })).rejects.toThrow(
        /there is no instance .*absent in project default \[not-found\]/,
      );
    });
  });

  describe("as they are written", () => {
    it.each([
      ["nothing", {}, "source", /but is empty/],
      ["half a split image", { metadata: "x" }, "source.rootfs", /is required/],
      ["a server without image", { server: "https://x", protocol: "incus" }, "source", /exactly one of alias, finger/],
      ["no URL", { server: "images", protocol: "incus", alias: "a" }, "source.server", /begins with https:\/\//],
      ["an odd protocol", { server: "https://x", protocol: "http", alias: "a" }, "source.protocol", /"simplestreams"/],
      [
        "a short fingerprint",
        { server: "https://x", protocol: "incus", fingerprint: "ab" },
        "source.fingerprint",
        /64/,
      ],
      ["no snapshot", { snapshot: "vm" }, "source.snapshot", /instance\/snapshot/],
    ])("are told that %s is wrong", async (_what, source, property, reason) => {
      const failures = await image.failures({ source });
      expect(failures).toEqual([{ property, reason: expect.stringMatching(reason) as string }]);
    });

    it.each([
      { metadata: unknown, rootfs: unknown },
      { download: unknown, checksum: unknown },
      { server: "https://x", protocol: unknown, alias: unknown },
      { url: unknown },
      { instance: unknown },
      { snapshot: unknown },
    ])("may be unknown in a preview: %o", async (source) => {
      const { inputs, failures } = await image.check({ source });
      expect(failures).toEqual([]);
      expect(inputs["fingerprint"]).toBe(unknown);
    });
  });
});
