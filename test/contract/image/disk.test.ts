// Images made of disks: every format arrives as the same disk, what is none is refused, and one boots.
import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeEach, expect, it } from "vitest";

import { tinyIso } from "../harness";
import { StackResource, unknown } from "../harness/stack";
import { describeImages, type Site } from "./site";

const run = promisify(execFile);
const drivers: Record<string, string> = {
  raw: "raw",
  qcow2: "qcow2",
  vmdk: "vmdk",
  vdi: "vdi",
  vhd: "vpc",
  vhdx: "vhdx",
};

const isThere = (command: string): boolean => spawnSync(command, ["--version"]).status === 0;
const qemuImg = isThere("qemu-img");

/** A disk of 1 MiB with content of the test's own. */
async function rawDisk(site: Site): Promise<string> {
  const seed = createHash("sha256").update(site.name()).digest();
  const path = join(site.dir, `${site.count}.raw`);
  await writeFile(path, Buffer.concat(Array.from({ length: 32_768 }, () => seed)));
  return path;
}

async function diskAs(site: Site, format: string): Promise<string> {
  const raw = await rawDisk(site);
  if (format === "raw") return raw;
  const to = join(site.dir, `${site.count}.${format}`);
  if (format !== "ova") {
    await run("qemu-img", ["convert", "-f", "raw", "-O", drivers[format] ?? "", raw, to]);
    return to;
  }
  const disk = join(site.dir, "disk.vmdk");
  await run("qemu-img", ["convert", "-f", "raw", "-O", "vmdk", "-o", "subformat=streamOptimized", raw, disk]);
  await writeFile(join(site.dir, "machine.ovf"), "<Envelope/>");
  await run("tar", ["--format=ustar", "-C", site.dir, "-cf", to, "machine.ovf", "disk.vmdk"]);
  return to;
}

/** The second part of what the daemon exports: the disk. */
async function exportedDisk(site: Site, fingerprint: string): Promise<string> {
  const { bytes, headers } = await site.daemon.raw.get(`/1.0/images/${fingerprint}/export`);
  const boundary = /boundary="?([^";]+)/.exec(headers["content-type"] ?? "")?.[1] ?? "";
  const part = bytes.indexOf('name="rootfs.img"');
  const from = bytes.indexOf("\r\n\r\n", part) + 4;
  const to = join(site.dir, `${site.count}.exported`);
  await writeFile(to, bytes.subarray(from, bytes.indexOf(`\r\n--${boundary}`, from)));
  return to;
}

describeImages("image of a disk", (site) => {
  let image: StackResource;
  beforeEach(() => {
    image = site.resource();
  });
  const missing = (): string | undefined => (qemuImg ? undefined : "qemu-img is not installed");
  const test = (title: string, body: () => Promise<void>): void => site.daemon.test(title, { missing }, body);
  const simulated = (): string | undefined =>
    missing() ?? (site.daemon.kind.startsWith("embedded") ? "the embedded daemon's disks are simulated" : undefined);

  /** An image of a disk of 64 MiB, as the program of the instance names it. */
  async function largeDisk(): Promise<{
    image: StackResource;
    args: Record<string, unknown>;
    fingerprint: string;
    machine: (size: string) => Record<string, unknown>;
  }> {
    const disk = await diskAs(site, "qcow2");
    await run("qemu-img", ["resize", disk, "64M"]);
    const image = site.resource();
    const args = { source: { disk, format: "qcow2" }, properties: properties() };
    const fingerprint = String((await image.check(args)).inputs["fingerprint"]);
    const machine = (size: string): Record<string, unknown> => ({
      ...{ type: "virtual-machine", source: { image: fingerprint }, running: false },
      rootDisk: { pool: "default", size },
    });
    return { image, args, fingerprint, machine };
  }
  const properties = (): object => ({ run: site.name() });

  for (const format of ["raw", "qcow2", "vmdk", "vdi", "vhd", "vhdx", "ova"]) {
    test(`in format ${format} is a virtual machine's with the same bytes`, async () => {
      const disk = await diskAs(site, format);
      const args = { source: { disk, format }, properties: properties() };
      await image.up(args);
      const fingerprint = String(image.outputs["fingerprint"]);
      expect(await site.image(fingerprint)).toMatchObject({ type: "virtual-machine", architecture: "x86_64" });
      const exported = await exportedDisk(site, fingerprint);
      const raw = join(site.dir, `${site.count}.raw`);
      await run("qemu-img", ["compare", "-f", "raw", "-F", "qcow2", raw, exported]);
      expect(await image.up(args)).toBe("same");
      expect((await image.check(args)).inputs["fingerprint"]).toBe(fingerprint);
      await image.destroy();
      expect(await site.find(fingerprint)).toBeUndefined();
    });
  }

  test("is known in the preview if it is qcow2, and is another image when its bytes change", async () => {
    const disk = await diskAs(site, "qcow2");
    const args = { source: { disk, format: "qcow2" }, properties: properties() };
    const known = (await image.check(args)).inputs["fingerprint"];
    await image.up(args);
    expect(image.outputs["fingerprint"]).toBe(known);
    await appendFile(disk, Buffer.alloc(512));
    expect(await image.up(args)).toBe("replaced");
    expect(await site.find(String(known))).toBeUndefined();
  });

  test("larger than the root disk of an instance is told in the preview of the instance", async () => {
    const { machine } = await largeDisk();
    const instance = new StackResource("Instance", site.name("-vm"), site.daemon.socket);
    const failures = await instance.failures(machine("32MiB"));
    expect(failures).toMatchObject([{ property: "rootDisk.size" }]);
    expect(failures[0]?.reason).toMatch(/is smaller than the disk of the image; set at least "64MiB"/);
    expect(await instance.failures(machine("64MiB"))).toEqual([]);
  });

  site.daemon.test("larger than the root disk is refused by the servers too", { missing: simulated }, async () => {
    const { image, args, fingerprint } = await largeDisk();
    await image.up(args);
    const root = { type: "disk", path: "/", pool: "default", size: "32MiB" };
    const source = { type: "image", fingerprint };
    const made = { name: site.name("-vm"), type: "virtual-machine", source, devices: { root } };
    const outcome = await site.daemon.settle(site.daemon.raw.post("/1.0/instances", made));
    expect(outcome).toMatchObject({
      ok: false,
      error: expect.stringMatching(/exceeds specified volume size/) as string,
    });
  });

  test("is another image when the bytes of a disk that must be converted change", async () => {
    const disk = await rawDisk(site);
    const args = { source: { disk, format: "raw" }, properties: properties(), aliases: [site.name("-a")] };
    await image.up(args);
    const first = image.outputs["fingerprint"];
    const bytes = await readFile(disk);
    await writeFile(disk, bytes.fill("x", 0, 512));
    expect((await image.preview(args)).replaces).toEqual(["digest"]);
    expect(await image.up(args)).toBe("replaced");
    expect(await site.target(site.name("-a"))).toBe(image.outputs["fingerprint"]);
    expect(await site.find(String(first))).toBeUndefined();
  });

  it.each([
    ["iso", /installation media[^]*IsoVolume/],
    ["aki", /kernel, ramdisk or root[^]*whole disk/],
    ["ari", /kernel, ramdisk or root[^]*whole disk/],
    ["ami", /kernel, ramdisk or root[^]*whole disk/],
    ["img", /must be "raw" or "qcow2"/],
  ])("in format %s is refused with what to do instead", async (format, reason) => {
    const failures = await image.failures({ source: { disk: await rawDisk(site), format } });
    expect(failures).toEqual([{ property: "source.format", reason: expect.stringMatching(reason) as string }]);
  });

  test("is refused if it plainly has another format, or stands on another disk", async () => {
    const qcow2 = await diskAs(site, "qcow2");
    const [wrong] = await image.failures({ source: { disk: qcow2, format: "raw" } });
    expect(wrong).toMatchObject({ property: "source.disk" });
    expect(wrong?.reason).toMatch(/is a qcow2 disk, not a raw disk[^]*format: "qcow2"/);
    const [none] = await image.failures({ source: { disk: await rawDisk(site), format: "vmdk" } });
    expect(none?.reason).toMatch(/is not a vmdk disk[^]*Set `format` to the format of the file/);
    const overlay = join(site.dir, "overlay.qcow2");
    await run("qemu-img", ["create", "-f", "qcow2", "-b", qcow2, "-F", "qcow2", overlay]);
    const [half] = await image.failures({ source: { disk: overlay, format: "qcow2" } });
    expect(half?.reason).toMatch(/overlay over another disk/);
  });

  it("is refused in the preview where qemu-img is missing", async () => {
    const disk = await rawDisk(site);
    const path = process.env["PATH"];
    process.env["PATH"] = "/nonexistent";
    try {
      const [failure] = await image.failures({ source: { disk, format: "raw" } });
      expect(failure?.reason).toMatch(/qemu-img, which is not on the PATH \[unsupported\]\nInstall it/);
    } finally {
      process.env["PATH"] = path;
    }
  });

  test("is refused as a tarball, with what to write, and so is installation media", async () => {
    const file = await diskAs(site, "vmdk");
    const [disk] = await image.failures({ source: { file } });
    expect(disk).toMatchObject({ property: "source.file" });
    expect(disk?.reason).toMatch(/is a vmdk disk, not an image[^]*source: { disk: ".*", format: "vmdk" }/);
    const iso = join(site.dir, "medium.iso");
    await writeFile(iso, tinyIso());
    const [medium] = await image.failures({ source: { file: iso } });
    expect(medium?.reason).toMatch(/is installation media \(ISO 9660 or UDF\), not an image tarball[^]*IsoVolume/);
  });

  it("may be unknown in a preview", async () => {
    expect((await image.check({ source: { disk: unknown, format: "raw" } })).failures).toEqual([]);
  });

  it("has nothing left in the temporary folder", async () => {
    const { stdout } = await run("sh", ["-c", "ls -d ${TMPDIR:-/tmp}/pulumi-lxd-disk-* 2>/dev/null | wc -l"]);
    expect(Number(stdout)).toBe(0);
  });
});
