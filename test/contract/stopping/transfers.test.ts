// Uploads, downloads and images that are made here, cancelled in the middle: they end, and the next run resumes.
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { SlowSocket } from "../../e2e/harness/slow-socket";
import { describeEachDaemon, makeInstance, objectAt, setState, tinyImage, tinyIso, uploadImage } from "../harness";
import { StackResource } from "../harness/stack";
import { cancelled } from "./cancelled";

const mebibyte = 2 ** 20;
const isUpload = (line: string): boolean => line === "POST /1.0/storage-pools/default/volumes/custom";

describeEachDaemon({ name: "a transfer that is cancelled", on: ["embedded", "embedded-lxd"] }, (daemon) => {
  const needs = ["custom_volume_iso"];
  let slow: SlowSocket;
  let dir = "";
  let count = 0;

  beforeAll(async () => (dir = await mkdtemp(join(tmpdir(), "pulumi-lxd-stopping-"))));
  afterAll(() => rm(dir, { recursive: true }));
  beforeEach(async () => {
    slow = new SlowSocket(daemon.socket);
    await slow.start();
  });
  afterEach(() => slow.stop());

  const resource = (kindName: "IsoVolume" | "Image"): StackResource =>
    new StackResource(kindName, daemon.name(String(++count)), slow.socket);
  const write = async (name: string, bytes: Buffer): Promise<string> => {
    await writeFile(join(dir, name), bytes);
    return join(dir, name);
  };
  const sizes = async (volume: StackResource): Promise<unknown[]> => {
    const { body } = await daemon.raw.get("/1.0/storage-pools/default/volumes/custom?recursion=1");
    const all = body.metadata as { name: string; config: { size: string } }[];
    return all.filter(({ name }) => name.startsWith(volume.name)).map(({ config }) => Number(config.size));
  };

  daemon.test("is sent again, of a file", { needs }, async () => {
    const bytes = Buffer.concat([tinyIso({ marker: daemon.prefix }), randomBytes(20 * mebibyte)]);
    const volume = resource("IsoVolume");
    const args = { pool: "default", source: { file: await write("large.iso", bytes) } };
    await cancelled(volume, { args, watched: slow, reached: slow.hold(isUpload, 4 * mebibyte) });
    expect(await sizes(volume)).toEqual([]);
    expect(await volume.up(args)).toBe("created");
    expect(await sizes(volume)).toEqual([bytes.length]);
    await volume.destroy();
  });

  daemon.test("is hashed from the beginning, of a file that is new", { needs }, async () => {
    const bytes = Buffer.concat([tinyIso({ marker: `${daemon.prefix}hashed` }), Buffer.alloc(300 * mebibyte)]);
    const volume = resource("IsoVolume");
    const args = { pool: "default", source: { file: await write("huge.iso", bytes) } };
    const said = await cancelled(volume, { args, watched: slow, reached: Promise.resolve() });
    expect(said).toContain("source.file");
    expect(slow.lines.filter(isUpload)).toEqual([]);
  });

  daemon.test("is sent again, of an image that is made here", { needs }, async () => {
    const volume = resource("IsoVolume");
    const files = { "large.bin": { file: await write("large.bin", randomBytes(20 * mebibyte)) } };
    const args = { pool: "default", source: { label: "made", files } };
    await cancelled(volume, { args, watched: slow, reached: slow.hold(isUpload, 4 * mebibyte) });
    expect(await sizes(volume)).toEqual([]);
    expect(await volume.up(args)).toBe("created");
    expect(await sizes(volume)).toEqual([volume.outputs["sizeBytes"]]);
    await volume.destroy();
  });

  daemon.test("is downloaded again, from a server that sends no more", { needs }, async () => {
    const bytes = Buffer.concat([tinyIso({ marker: `${daemon.prefix}served` }), randomBytes(mebibyte)]);
    const checksum = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
    let begun = (): void => undefined;
    const reached = new Promise<void>((resolve) => (begun = resolve));
    const requests: string[] = [];
    const server = createServer((request, response) => {
      response.writeHead(200, { "content-length": bytes.length });
      if (/^bytes=0-\d+$/.test(request.headers.range ?? "")) {
        response.end(bytes);
        return;
      }
      requests.push(request.url ?? "");
      if (requests.length > 1) response.end(bytes);
      else response.write(bytes.subarray(0, mebibyte), () => setTimeout(begun, 200));
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x.iso`;
    const volume = resource("IsoVolume");
    const args = { pool: "default", source: { url, checksum } };
    await cancelled(volume, { args, watched: slow, reached });
    expect(requests).toHaveLength(1);
    expect(await sizes(volume)).toEqual([]);
    expect(await volume.up(args)).toBe("created");
    expect(await sizes(volume)).toEqual([bytes.length]);
    await volume.destroy();
    server.close();
  });

  daemon.test(
    "is known to the state as soon as the daemon has it, so that it can be destroyed",
    { needs },
    async () => {
      const bytes = Buffer.concat([tinyIso({ marker: `${daemon.prefix}whole` }), randomBytes(mebibyte)]);
      const volume = resource("IsoVolume");
      const args = { pool: "default", source: { file: await write("whole.iso", bytes) } };
      const isWait = (line: string): boolean => /^GET .*\/operations\/.*\/wait$/.test(line);
      await cancelled(volume, { args, watched: slow, reached: slow.hold(isWait) });
      expect(await sizes(volume)).toEqual([bytes.length]);
      await volume.destroy();
      expect(await sizes(volume)).toEqual([]);
    },
  );

  daemon.test("says of a machine that was stopped to be published that it is off", {}, async () => {
    const fingerprint = await uploadImage(daemon, "web");
    const root = { type: "disk", path: "/", pool: "default" };
    const source = { type: "image", fingerprint };
    const path = await makeInstance(daemon, "web", { source, type: "container", config: {}, devices: { root } });
    expect(await setState(daemon, path, { action: "start" })).toMatchObject({ ok: true });
    const image = resource("Image");
    const args = { source: { instance: daemon.name("web"), stopRunning: true, compression: "none" } };
    const reached = slow.hold((line) => line === "POST /1.0/images");
    const said = await cancelled(image, { args, watched: slow, reached });
    expect(said).toContain(`the instance ${daemon.name("web")}, which was stopped for this, is still stopped`);
    expect(await objectAt(daemon, path)).toMatchObject({ status: "Stopped" });
    expect(await image.up(args)).toMatch(/created|updated/);
    await image.destroy();
  });

  daemon.test("is sent again, of an image of machines", {}, async () => {
    const image = resource("Image");
    const bytes = tinyImage({
      properties: { description: daemon.prefix, filler: randomBytes(2 * mebibyte).toString("hex") },
    });
    const args = { source: { file: await write("image.tar", bytes) } };
    await cancelled(image, { args, watched: slow, reached: slow.hold((line) => line === "POST /1.0/images") });
    // A daemon that had all of it by then has made the image, and the state knows that.
    expect(await image.up(args)).toMatch(/created|updated/);
    const { status } = await daemon.raw.get(`/1.0/images/${String(image.outputs["fingerprint"])}`);
    expect(status).toBe(200);
    await image.destroy();
  });
});
