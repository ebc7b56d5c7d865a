// Images of files on web servers: disks, compressed or not, and the two files of a split image.
import { execFile, execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeEach, expect } from "vitest";

import { tinySplitImage } from "../harness";
import { openPgpSigner } from "../../unit/content/url/signers";
import { FileSite } from "../harness/file-site";
import { type StackResource } from "../harness/stack";
import { bootableDisk, consoleOfMachine } from "./guests";
import { describeImages, sha256, type Site } from "./site";

const run = promisify(execFile);
const isThere = (command: string): boolean => spawnSync(command, ["--version"]).error === undefined;
const missing = (): string | undefined => {
  const absent = ["qemu-img", "xz", "zstd", "bzip2"].filter((each) => !isThere(each));
  return absent.length === 0 ? undefined : `${absent.join(", ")} not installed`;
};
const pack = (by: string, bytes: Buffer): Buffer =>
  execFileSync(by, ["-c", "-1"], { input: bytes, maxBuffer: 2 ** 26 });

/** A qcow2 of 1 MiB with content of the test's own. */
async function qcow2(site: Site): Promise<Buffer> {
  const seed = createHash("sha256").update(site.name()).digest();
  const [raw, to] = [join(site.dir, `${site.count}.raw`), join(site.dir, `${site.count}.qcow2`)];
  await writeFile(raw, Buffer.concat(Array.from({ length: 32_768 }, () => seed)));
  await run("qemu-img", ["convert", "-f", "raw", "-O", "qcow2", raw, to]);
  return readFile(to);
}

describeImages("image of files on the web", (site) => {
  const web = new FileSite();
  let image: StackResource;
  beforeEach(() => {
    image = site.resource();
  });
  const test = (title: string, body: () => Promise<void>): void => site.daemon.test(title, { missing }, body);
  const properties = (): object => ({ run: site.name() });
  const pinned = (path: string, bytes: Buffer): { url: string; checksum: string } => {
    const url = web.put(`/${site.count}${path}`, bytes);
    return { url, checksum: `sha256:${sha256(bytes)}` };
  };
  const args = (source: object): Record<string, unknown> => ({ source, properties: properties() });

  test("a qcow2 is the same image as from a local file, compressed or not, and is downloaded once", async () => {
    const bytes = await qcow2(site);
    const local = join(site.dir, `${site.count}.qcow2`);
    const known = (await image.check(args({ disk: local, format: "qcow2" }))).inputs["fingerprint"];
    const disk = pinned("/disk.qcow2.xz", pack("xz", bytes));
    const source = { disk, format: "qcow2" };
    const preview = await image.check(args(source));
    expect(preview).toMatchObject({ failures: [], inputs: { digest: disk.checksum } });
    expect(web.requests).toEqual([]);
    await image.up(args(source));
    expect(image.outputs["fingerprint"]).toBe(known);
    expect(await site.image(String(known))).toMatchObject({ type: "virtual-machine" });
    expect(web.requests).toHaveLength(1);
    expect(await image.up(args(source))).toBe("same");
    const plain = pinned("/disk.qcow2", bytes);
    await image.up(args({ disk: plain, format: "qcow2" }));
    expect(image.outputs["fingerprint"]).toBe(known);
    await image.destroy();
    expect(await site.find(String(known))).toBeUndefined();
  });

  test("a compressed disk of another format is converted, and another checksum is another image", async () => {
    await qcow2(site);
    const raw = await readFile(join(site.dir, `${site.count}.raw`));
    const source = (bytes: Buffer): object => ({ disk: pinned("/disk.img.zst", pack("zstd", bytes)), format: "raw" });
    await image.up(args(source(raw)));
    const first = String(image.outputs["fingerprint"]);
    expect(await site.image(first)).toMatchObject({ type: "virtual-machine" });
    const next = args(source(raw.fill("x", 0, 512)));
    expect((await image.preview(next)).replaces).toEqual(["digest"]);
    expect(await image.up(next)).toBe("replaced");
    expect(await site.find(first)).toBeUndefined();
  });

  test("a local disk may be compressed too", async () => {
    const bytes = await qcow2(site);
    const packed = join(site.dir, `${site.count}.qcow2.bz2`);
    await writeFile(packed, pack("bzip2", bytes));
    const known = (await image.check(args({ disk: packed, format: "qcow2" }))).inputs["fingerprint"];
    await image.up(args({ disk: packed, format: "qcow2" }));
    const local = join(site.dir, `${site.count}.qcow2`);
    expect((await image.check(args({ disk: local, format: "qcow2" }))).inputs["fingerprint"]).toBe(known);
    expect(await site.image(String(known))).toMatchObject({ type: "virtual-machine" });
  });

  test("two files make a container's image", async () => {
    const { metadata, rootfs } = tinySplitImage({ properties: { run: site.name() } });
    const source = { metadata: pinned("/meta.tar.gz", metadata), rootfs: pinned("/rootfs.tar.gz", rootfs) };
    await image.up(args(source));
    const fingerprint = sha256(Buffer.concat([metadata, rootfs]));
    expect(image.outputs["fingerprint"]).toBe(fingerprint);
    expect(await site.image(fingerprint)).toMatchObject({ type: "container" });
    web.requests = [];
    expect(await image.up(args(source))).toBe("same");
    expect(web.requests).toEqual([]);
    const local = join(site.dir, `${site.count}.meta`);
    await writeFile(local, metadata);
    await image.up(args({ ...source, metadata: local }));
    expect(image.outputs["fingerprint"]).toBe(fingerprint);
  });

  test("a unified image is the same as a download", async () => {
    const file = pinned("/image.tar.gz", site.bytes);
    expect((await image.check(args({ file }))).inputs["fingerprint"]).toBe(sha256(site.bytes));
    await image.up(args({ file }));
    expect(await image.up(args({ download: file.url, checksum: file.checksum }))).toBe("same");
  });

  test("other bytes, a cut download and damaged compression leave nothing", async () => {
    const bytes = pack("xz", await qcow2(site));
    const before = await site.fingerprints();
    const disk = pinned("/disk.qcow2.xz", bytes);
    const source = { disk, format: "qcow2" };
    web.put(`/${site.count}/disk.qcow2.xz`, pack("xz", Buffer.from("another disk")));
    await expect(image.up(args(source))).rejects.toThrow(/is not a qcow2 disk|do not match/);
    const swapped = Buffer.concat([bytes.subarray(0, -12), Buffer.alloc(12)]);
    web.put(`/${site.count}/disk.qcow2.xz`, swapped);
    await expect(image.up(args(source))).rejects.toThrow(/do not match/);
    const damaged = { ...disk, checksum: `sha256:${sha256(swapped)}` };
    await expect(image.up(args({ disk: damaged, format: "qcow2" }))).rejects.toThrow(/cannot be decompressed with xz/);
    expect(image.id).toBeUndefined();
    expect(await site.fingerprints()).toEqual(before);
  });

  test("what is wrong with a file on the web is told with its field", async () => {
    const url = web.put(`/${site.count}/disk.qcow2`, Buffer.alloc(0));
    const unpinned = await image.failures({ source: { disk: { url }, format: "qcow2" } });
    expect(unpinned).toMatchObject([{ property: "source.disk.checksum" }]);
    const absent = { url: `${url}.absent`, checksum: `sha256:${"0".repeat(64)}` };
    expect(
      await image.failures({ source: { metadata: absent, rootfs: { ...absent, url: `${url}.gone` } } }),
    ).toMatchObject([
      { property: "source.metadata.url", reason: expect.stringMatching(/no such file/) as string },
      { property: "source.rootfs.url" },
    ]);
    const typo = await image.failures({ source: { disk: { url, checksun: "x" }, format: "qcow2" } });
    expect(typo[0]).toMatchObject({ reason: expect.stringMatching(/did you mean "checksum"/) as string });
  });

  /** The checksum of a disk is that in a list with a signature; both are on the web server. */
  async function signed(path: string, bytes: Buffer, signer = openPgpSigner()): Promise<Record<string, unknown>> {
    const known = await signer;
    const list = Buffer.from(`${sha256(bytes)}  ${path.slice(1)}\n`);
    const place = `/${site.count}/SUMS`;
    const signature = web.put(`${place}.sign`, Buffer.from(await known.sign(list)));
    const checksum = { list: web.put(place, list), signature, publicKey: known.publicKey };
    return { url: web.put(`/${site.count}${path}`, bytes), checksum };
  }

  test("a signed list pins a disk, and no byte is sent without a valid signature", async () => {
    const bytes = pack("xz", await qcow2(site));
    const disk = await signed("/disk.qcow2.xz", bytes);
    const source = { disk, format: "qcow2" };
    expect((await image.check(args(source))).inputs["digest"]).toBe(`sha256:${sha256(bytes)}`);
    const { publicKey } = await openPgpSigner();
    const foreign = { ...disk, checksum: { ...(disk["checksum"] as object), publicKey } };
    const before = await site.fingerprints();
    expect(await image.failures(args({ ...source, disk: foreign }))).toMatchObject([
      {
        property: "source.disk.checksum",
        reason: expect.stringMatching(/not valid: it was made by the key/) as string,
      },
    ]);
    const good = web.files.get(`/${site.count}/SUMS`) ?? Buffer.alloc(0);
    const creating = await image.check(args(source));
    web.put(`/${site.count}/SUMS`, Buffer.from(good.toString().replace(/^./, (digit) => (digit === "0" ? "1" : "0"))));
    await expect(image.create(creating.inputs)).rejects.toThrow(/not valid: it does not match the list/);
    expect(web.requests).not.toContain(`/${site.count}/disk.qcow2.xz`);
    expect(await site.fingerprints()).toEqual(before);
    web.put(`/${site.count}/SUMS`, good);
    await image.up(args(source));
    expect(await site.image(String(image.outputs["fingerprint"]))).toMatchObject({ type: "virtual-machine" });
    web.requests = [];
    expect(await image.up(args(source))).toBe("same");
    expect(web.requests).toEqual([]);
  });

  const cannotBoot = (): string | undefined =>
    site.daemon.kind !== "incus"
      ? "no real guest"
      : (missing() ?? (isThere("grub-mkrescue") ? undefined : "grub-mkrescue is missing"));
  site.daemon.test(
    "a signed vmdk that is compressed with xz boots",
    { missing: cannotBoot, timeoutMs: 180_000 },
    async () => {
      const vmdk = join(site.dir, "boot.vmdk");
      const text = `booted ${site.name()}`;
      const disk = await bootableDisk(site, text);
      await run("qemu-img", ["convert", "-f", "raw", "-O", "vmdk", disk, vmdk]);
      const bytes = pack("xz", await readFile(vmdk));
      await image.up(args({ disk: await signed("/boot.vmdk.xz", bytes), format: "vmdk" }));
      expect(await consoleOfMachine(site, String(image.outputs["fingerprint"]), text)).toContain(text);
    },
  );
});
