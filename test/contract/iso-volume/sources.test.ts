// Where the content of an ISO volume can come from: a web server, files, another volume.
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import { describeEachDaemon, tinyIso } from "../harness";
import { StackResource, unknown } from "../harness/stack";

const iso = { needs: ["custom_volume_iso"] };
const custom = "/1.0/storage-pools/default/volumes/custom";

const sha = (bytes: Buffer, algorithm = "sha256"): string =>
  `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;

describeEachDaemon("Sources of an ISO volume", (daemon) => {
  let dir = "";
  let server: Server;
  let base = "";
  let handle: (request: IncomingMessage, response: ServerResponse) => void;
  let requests: string[] = [];
  let probes: string[] = [];
  let volume: StackResource;
  let count = 0;
  let bytes: Buffer = Buffer.alloc(0);

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "pulumi-lxd-sources-"));
    server = createServer((request, response) => {
      // The preview asks for the start of the file, to see what it is.
      const isProbe = /^bytes=0-\d+$/.test(request.headers.range ?? "");
      (isProbe ? probes : requests).push(`${request.method ?? ""} ${request.url ?? ""}`);
      handle(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await rm(dir, { recursive: true, force: true });
  });
  beforeEach(() => {
    volume = new StackResource("IsoVolume", daemon.name(`s${++count}`), daemon.socket);
    bytes = tinyIso({ marker: `${daemon.prefix}${count}` });
    requests = [];
    probes = [];
    handle = (_request, response) => response.end(bytes);
  });

  const onDaemon = async (resource = volume): Promise<unknown> => {
    const { status, body } = await daemon.raw.get(`${custom}/${String(resource.outputs["name"])}`);
    return status === 404 ? undefined : body.metadata;
  };
  const own = async (): Promise<string[]> => {
    const { body } = await daemon.raw.get(custom);
    return (body.metadata as string[]).filter((url) => url.includes(volume.name));
  };
  const url = (checksum: string): Record<string, unknown> => ({
    pool: "default",
    source: { url: `${base}/x.iso`, checksum },
  });

  daemon.test("a URL with its checksum is streamed, and never asked again while it stays the same", iso, async () => {
    expect(await volume.up(url(sha(bytes)))).toBe("created");
    expect(await onDaemon()).toMatchObject({ content_type: "iso", config: { size: String(bytes.length) } });
    expect(requests).toEqual(["GET /x.iso"]);
    expect(await volume.refresh()).toBe(true);
    expect(await volume.up(url(sha(bytes)))).toBe("same");
    expect(requests).toHaveLength(1);
    expect(probes).toEqual(["GET /x.iso"]);
  });

  daemon.test("a SHA-512 pins as well", iso, async () => {
    await volume.up(url(sha(bytes, "sha512")));
    expect(volume.outputs["digest"]).toBe(sha(bytes, "sha512"));
    expect(await onDaemon()).toMatchObject({ config: { size: String(bytes.length) } });
  });

  daemon.test("a checksum list on disk pins as well", iso, async () => {
    const list = join(dir, "SHA256SUMS");
    await writeFile(list, `${"0".repeat(64)}  other.iso\n${sha(bytes).slice(7)} *x.iso\n`);
    await volume.up(url(list));
    expect(volume.outputs["digest"]).toBe(sha(bytes));
  });

  daemon.test("bytes with another checksum leave no volume", iso, async () => {
    const wrong = sha(Buffer.from("something else"));
    await expect(volume.up(url(wrong))).rejects.toThrow(/content-mismatch/);
    expect(await own()).toEqual([]);
    expect(volume.id).toBeUndefined();
  });

  daemon.test("a transfer that breaks for good leaves no volume", iso, async () => {
    handle = (_request, response) => {
      response.writeHead(404).end();
    };
    await expect(volume.up(url(sha(bytes)))).rejects.toThrow(/404|no such file/);
    expect(await own()).toEqual([]);
  });

  daemon.test("a transfer that breaks in the middle goes on where it was", iso, async () => {
    handle = (request, response) => {
      const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
      const total = String(bytes.length);
      if (from > 0) {
        const range = `bytes ${from}-${bytes.length - 1}/${total}`;
        response.writeHead(206, { "content-range": range, etag: '"a"', "content-length": bytes.length - from });
        response.end(bytes.subarray(from));
        return;
      }
      response.writeHead(200, { "content-length": total, "accept-ranges": "bytes", etag: '"a"' });
      response.write(bytes.subarray(0, 20_000), () => response.destroy());
    };
    await volume.up(url(sha(bytes)));
    expect(await onDaemon()).toMatchObject({ config: { size: String(bytes.length) } });
    expect(requests.length).toBeGreaterThan(1);
  });

  daemon.test("what is no optical image is refused, and leaves no volume", iso, async () => {
    bytes = Buffer.alloc(500_000, daemon.prefix);
    await expect(volume.up(url(sha(bytes)))).rejects.toThrow(/not an ISO 9660 or UDF image[\s\S]*allowAnyContent/);
    expect(await own()).toEqual([]);
  });

  daemon.test("a file that the server compresses on its way is told by its headers", iso, async () => {
    const said = { "content-type": "application/octet-stream", "content-encoding": "gzip" };
    handle = (_request, response) => response.writeHead(200, said).end(gzipSync(bytes));
    const words =
      /compressed with gzip[^]*Content-Type: application\/octet-stream, Content-Encoding: gzip[^]*Accept-Encoding: identity/;
    await expect(volume.up(url(sha(bytes)))).rejects.toThrow(words);
    // The checksum of what is sent makes it no ISO image.
    await expect(volume.up(url(sha(gzipSync(bytes))))).rejects.toThrow(words);
    expect(await own()).toEqual([]);
  });

  daemon.test("a login page instead of the file is refused in the preview", iso, async () => {
    const page = Buffer.from(`<!DOCTYPE html><title>Log in</title>${" ".repeat(400_000)}`);
    handle = (request, response) => {
      if (request.url === "/no") response.writeHead(404).end();
      else response.writeHead(200, { "content-type": "text/html" }).end(page);
    };
    const words =
      /x\.iso is an HTML page, not an ISO[^]*Content-Type: text\/html[^]*login or error page: check the URL/;
    const failures = await volume.failures(url(sha(bytes)));
    expect(failures).toMatchObject([{ property: "source.url", reason: expect.stringMatching(words) as string }]);
    const urls = [`${base}/no`, `${base}/x.iso`, `${base}/y.iso`];
    // The download does not look further either.
    const ofMirrors = await volume.failures({ pool: "default", source: { urls, checksum: sha(bytes) } });
    expect(ofMirrors.map(({ property }) => property)).toEqual(["source.urls[0]", "source.urls[1]"]);
    expect(await volume.failures({ ...url(sha(page)), allowAnyContent: true })).toEqual([]);
    expect(requests).toEqual([]);
    expect(probes).toEqual(["GET /x.iso", "GET /no", "GET /x.iso", "GET /x.iso"]);
  });

  daemon.test("a server that breaks off in the preview is left to the download", iso, async () => {
    handle = (_request, response) => {
      response.writeHead(200, { "content-length": 400_000 });
      response.write("<!DOCTYPE html>", () => response.destroy());
    };
    expect(await volume.failures(url(sha(bytes)))).toEqual([]);
  });

  daemon.test("a compressed ISO image is refused before the daemon receives it", iso, async () => {
    bytes = Buffer.from(`BZh91AY&SY${"\x80".repeat(400_000)}`, "latin1");
    handle = (request, response) => {
      // Only the download sees it.
      if (request.headers.range !== undefined) response.writeHead(503).end();
      else response.end(bytes);
    };
    const error: unknown = await volume.up(url(sha(bytes))).catch((each: unknown) => each);
    const { message } = error as Error;
    expect(message).toMatch(/x\.iso is compressed with bzip2, not an ISO[^]*decompress it with `bunzip2`/);
    expect(message).not.toMatch(/POST|allowAnyContent/);
    expect(await own()).toEqual([]);
  });

  daemon.test("a URL without a checksum is refused with the reason, and so is a bad one", iso, async () => {
    const unpinned = await volume.failures({ pool: "default", source: { url: `${base}/x.iso` } });
    expect(unpinned.map((failure) => failure.property)).toEqual(["source.checksum"]);
    const bad = await volume.failures({
      pool: "default",
      source: { urls: ["ftp://x/y", "https://x/y"], checksum: "md5:1" },
    });
    expect(bad.map((failure) => failure.property).sort()).toEqual(["source.checksum", "source.urls[0]"]);
    expect(requests).toEqual([]);
  });

  daemon.test("a file that the server does not have is told in the preview, unless a mirror has it", iso, async () => {
    handle = (request, response) => {
      if (request.url === "/loop") response.writeHead(302, { location: "/loop" }).end();
      else if (request.url === "/busy") response.writeHead(503).end();
      else if (request.url === "/good") response.end(bytes);
      else response.writeHead(404).end();
    };
    const checksum = sha(bytes);
    const failures = async (source: object): Promise<[string, string][]> =>
      (await volume.failures({ pool: "default", source })).map(({ property, reason }) => [property, reason]);
    expect(await failures({ url: `${base}/no`, checksum })).toMatchObject([
      ["source.url", expect.stringMatching(/no such file on the server \[not-found\] .* → 404\)\nCheck the URL/)],
    ]);
    expect(await failures({ url: `${base}/loop`, checksum })).toMatchObject([
      ["source.url", expect.stringMatching(/redirects more than 10 times/)],
    ]);
    expect(await failures({ urls: [`${base}/no`, `${base}/neither`], checksum })).toMatchObject([
      ["source.urls[0]", expect.any(String)],
      ["source.urls[1]", expect.any(String)],
    ]);
    expect(await failures({ urls: [`${base}/no`, `${base}/good`], checksum })).toEqual([]);
    // What may pass is left to the download.
    expect(await failures({ url: `${base}/busy`, checksum })).toEqual([]);
    expect(requests).toEqual([]);
  });

  daemon.test("mirrors are tried in order", iso, async () => {
    handle = (request, response) => {
      if (request.url?.startsWith("/bad") === true) response.writeHead(404).end();
      else response.end(bytes);
    };
    const source = { urls: [`${base}/bad/x.iso`, `${base}/good/x.iso`], checksum: sha(bytes) };
    await volume.up({ pool: "default", source });
    expect(await onDaemon()).toMatchObject({ config: { size: String(bytes.length) } });
    expect(requests).toEqual(["GET /bad/x.iso", "GET /good/x.iso"]);
  });

  daemon.test("files become an image, the same for the same files", iso, async () => {
    const folder = join(dir, `drivers${count}`);
    await mkdir(join(folder, "net"), { recursive: true });
    await writeFile(join(folder, "net", "driver.inf"), "a driver");
    const source = {
      label: "ANSWERS",
      files: {
        "autounattend.xml": { text: `<unattend>${volume.name}</unattend>` },
        "raw.bin": { base64: Buffer.from([0, 1, 2]).toString("base64") },
        drivers: { folder },
      },
    };
    await volume.up({ pool: "default", source });
    expect(await onDaemon()).toMatchObject({
      content_type: "iso",
      config: { size: String(volume.outputs["sizeBytes"]) },
    });
    expect(await volume.up({ pool: "default", source })).toBe("same");
    await writeFile(join(folder, "net", "driver.inf"), "b driver");
    expect((await volume.preview({ pool: "default", source })).replaces).toContain("digest");
  });

  daemon.test("wrong files are told one by one", iso, async () => {
    const source = {
      label: "",
      files: { "../x": { text: "" }, "a/b": { file: join(dir, "none") }, c: { txt: "" }, d: { base64: "%" } },
    };
    const failures = await volume.failures({ pool: "default", source });
    const properties = failures.map((failure) => failure.property);
    expect(properties).toEqual(expect.arrayContaining(["source.label", "source.files.c.txt", "source.files.d.base64"]));
  });

  daemon.test("another volume is copied by the daemon, and its digest with it", iso, async () => {
    await volume.up(url(sha(bytes)));
    const { name, digest } = volume.outputs;
    const copy = new StackResource("IsoVolume", daemon.name("copy"), daemon.socket);
    const source = { volume: { pool: "default", name, digest } };
    requests = [];
    expect(await copy.up({ pool: "default", source })).toBe("created");
    expect(requests).toEqual([]);
    expect(copy.outputs["digest"]).toBe(digest);
    expect(await onDaemon(copy)).toMatchObject({ content_type: "iso", config: { size: String(bytes.length) } });
    expect(await copy.up({ pool: "default", source })).toBe("same");
  });

  daemon.test(
    "a stranger's volume is copied, again when it was made anew, and a missing one is told",
    iso,
    async () => {
      const headers = {
        "Content-Type": "application/octet-stream",
        [daemon.header("name")]: daemon.name("stranger"),
        [daemon.header("type")]: "iso",
      };
      await daemon.settle(daemon.raw.post(custom, bytes, headers));
      const source = { volume: { pool: "default", name: daemon.name("stranger") } };
      expect(await volume.up({ pool: "default", source })).toBe("created");
      expect(await volume.up({ pool: "default", source })).toBe("same");
      const missing = { volume: { pool: "default", name: daemon.name("nobody") } };
      const failures = await volume.failures({ pool: "default", source: missing });
      expect(failures).toMatchObject([{ property: "source.volume" }]);
    },
  );

  daemon.test("a volume of another server is refused with the reason", iso, async () => {
    const source = { volume: { pool: "default", name: "x", remote: { socket: "/elsewhere" } } };
    const failures = await volume.failures({ pool: "default", source });
    expect(failures).toMatchObject([{ property: "source.volume.remote" }]);
    expect(failures[0]?.reason).toMatch(/loses the zeros at the end/);
  });

  daemon.test("the same content in one pool is sent once and copied", iso, async () => {
    await volume.up(url(sha(bytes)));
    const second = new StackResource("IsoVolume", daemon.name("second"), daemon.socket);
    await second.upHere(url(sha(bytes)));
    expect(requests).toEqual(["GET /x.iso"]);
    expect(await onDaemon(second)).toMatchObject({ config: { size: String(bytes.length) } });
  });

  daemon.test("nothing is copied from a volume that has other content by now", iso, async () => {
    const name = daemon.name("changing");
    const other = Buffer.concat([bytes, Buffer.alloc(2048, 1)]);
    const served: Record<string, Buffer> = { "/a.iso": bytes, "/b.iso": other };
    handle = (request, response) => response.end(served[request.url ?? ""]);
    const from = (path: string): Record<string, unknown> => {
      const checksum = sha(served[path] ?? Buffer.alloc(0));
      return { pool: "default", overwrite: true, source: { url: base + path, checksum } };
    };
    await volume.up({ ...from("/a.iso"), name });
    await volume.upHere({ ...from("/b.iso"), name });
    const second = new StackResource("IsoVolume", daemon.name("as-before"), daemon.socket);
    await second.upHere(from("/a.iso"));
    expect(await onDaemon()).toMatchObject({ config: { size: String(other.length) } });
    expect(await onDaemon(second)).toMatchObject({ config: { size: String(bytes.length) } });
    await second.destroy();
    await volume.destroy();
  });

  daemon.test("a source that is not known yet passes", iso, async () => {
    for (const source of [
      { url: unknown, checksum: unknown },
      { files: { a: { text: unknown } }, label: "x" },
      { volume: { pool: "default", name: unknown } },
    ]) {
      expect(await volume.failures({ pool: "default", source })).toEqual([]);
    }
  });
});
