// `pulumi-lxd publish-streams`: what it writes is a remote to the real daemons, which pull from it and run what they get.
import { execFile, spawnSync } from "node:child_process";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { publishStreamsCommand } from "../../../cli/publish-streams";
import { tinyMetadata, tinySplitImage } from "../harness";
import { type Printed, runCommand } from "../harness/command";
import { busybox } from "../harness/tiny-image";
import { bootableDisk, consoleOfMachine, noRealContainer, runInContainer } from "./guests";
import { describeImages, sha256 } from "./site";
import { StaticSite } from "./static-site";

const run = promisify(execFile);

interface Catalogue {
  products: Record<
    string,
    { aliases: string; versions: Record<string, { items: Record<string, Record<string, unknown>> }> }
  >;
}

describeImages("images published as streams", (site) => {
  const { daemon } = site;
  let folder = "";
  let server: StaticSite;
  beforeEach(async () => {
    folder = join(site.dir, `streams-${site.count}`);
    server = await new StaticSite(folder).start();
  });
  afterEach(() => server.stop());
  const name = (suffix: string): string => site.name(`-${suffix}`);

  const publish = (...refs: string[]): Promise<Printed> =>
    runCommand(publishStreamsCommand, folder, ...refs.flatMap((ref) => ["--image", ref]), "--socket", daemon.socket);
  const published = async (...refs: string[]): Promise<void> =>
    expect(await publish(...refs)).toMatchObject({ code: 0, err: "" });
  const catalogue = async (): Promise<Catalogue> =>
    JSON.parse(await readFile(join(folder, "streams/v1/images.json"), "utf8")) as Catalogue;

  /** Brings an image and points an alias at it; both are gone from the daemon before anything is pulled. */
  const bring = async (bytes: Buffer, alias: string): Promise<string> => {
    const fingerprint = await site.upload(bytes);
    await site.point(alias, fingerprint);
    return fingerprint;
  };
  const bringSplit = async (files: { metadata: Buffer; rootfs: Buffer }, more: object = {}): Promise<string> => {
    const source = { metadata: join(site.dir, `${site.count}.meta`), rootfs: join(site.dir, `${site.count}.root`) };
    await writeFile(source.metadata, files.metadata);
    await writeFile(source.rootfs, files.rootfs);
    const image = site.resource("-brought");
    await image.up({ source: { ...source, ...more }, aliases: [name("a")] });
    return String(image.outputs["fingerprint"]);
  };

  /** Pulls by the provider, as a program would. */
  const pull = async (alias: string, more: object = {}): Promise<string> => {
    const image = site.resource("-pulled");
    const { url, certificate } = server;
    await image.up({ source: { server: url, protocol: "simplestreams", certificate, alias, ...more } });
    return String(image.outputs["fingerprint"]);
  };
  const notReal = (): string | undefined => noRealContainer(site);
  const test = (title: string, body: () => Promise<void>): void =>
    daemon.test(title, { missing: notReal, timeoutMs: 120_000 }, body);

  describe("a container", () => {
    test("in one file is pulled as it was, and runs", async () => {
      const fingerprint = await bring(site.bytes, name("a"));
      await published(name("a"));
      await site.remove();
      expect(await pull(name("a"))).toBe(fingerprint);
      expect(await site.image(fingerprint)).toMatchObject({ type: "container", public: false });
      expect(await runInContainer(site, fingerprint, "echo alive")).toBe("alive\n");
    });

    test("in two files is pulled as it was, and runs; also by its fingerprint and with its architecture", async () => {
      const split = tinySplitImage({ properties: { os: "tiny", run: site.name() } });
      const fingerprint = await bringSplit(split);
      await published(fingerprint);
      await site.remove(`/1.0/images/${fingerprint}`);
      expect(await pull(`${name("a")}/amd64`)).toBe(fingerprint);
      expect(await runInContainer(site, fingerprint, "echo alive")).toBe("alive\n");
      await site.remove(`/1.0/images/${fingerprint}`);
      const image = site.resource("-by-fingerprint");
      const { url, certificate } = server;
      await image.up({ source: { server: url, protocol: "simplestreams", certificate, fingerprint } });
      expect(await site.find(fingerprint)).toBeDefined();
    });

    const needsSquashfs = (): string | undefined =>
      notReal() ?? (spawnSync("mksquashfs", ["-version"]).error ? "mksquashfs is not installed" : undefined);
    daemon.test("with a squashfs root is pulled as it was, and runs", { missing: needsSquashfs }, async () => {
      const root = join(site.dir, `root-${site.count}`);
      for (const path of ["bin", "dev", "etc", "proc", "sbin", "sys", "tmp"]) {
        await mkdir(join(root, path), { recursive: true });
      }
      await writeFile(join(root, "bin/busybox"), busybox() ?? "", { mode: 0o755 });
      await writeFile(join(root, "sbin/init"), "#!/bin/busybox sh\nexec /bin/busybox sleep 1000\n", { mode: 0o755 });
      await run("ln", ["-s", "busybox", join(root, "bin/sh")]);
      await run("mksquashfs", [root, `${root}.squashfs`, "-quiet", "-no-progress", "-all-root"]);
      const { metadata } = tinySplitImage({ properties: { run: site.name() } });
      const fingerprint = await bringSplit({ metadata, rootfs: await readFile(`${root}.squashfs`) });
      await published(fingerprint);
      await site.remove(`/1.0/images/${fingerprint}`);
      expect(await pull(name("a"))).toBe(fingerprint);
      expect(await runInContainer(site, fingerprint, "echo alive")).toBe("alive\n");
    });
  });

  it("are told as JSON, the second time as what is there already", async () => {
    const fingerprint = await bring(site.bytes, name("a"));
    const told = async (): Promise<unknown> => {
      const args = [folder, "--image", name("a"), "--socket", daemon.socket, "--json"];
      const { code, out, err } = await runCommand(publishStreamsCommand, ...args);
      expect({ code, err }).toEqual({ code: 0, err: "" });
      return JSON.parse(out);
    };
    const image = { aliases: [name("a")], fingerprint, type: "container", architecture: "amd64" };
    const first = { ...image, version: expect.stringMatching(/^\d{8}_\d{6}$/) as string, isNew: true };
    expect(await told()).toEqual({ ok: true, folder, images: [first] });
    expect(await told()).toMatchObject({ ok: true, images: [{ ...image, isNew: false }] });
  });

  describe("a virtual machine", () => {
    const noMachine = (): string | undefined => {
      if (daemon.kind !== "incus") return "only Incus starts virtual machines here";
      const tools = ["grub-mkrescue", "qemu-img"].filter((tool) => spawnSync(tool, ["--version"]).error !== undefined);
      return tools.length > 0 ? `not installed: ${tools.join(", ")}` : undefined;
    };
    daemon.test("is pulled with what it requires, and boots", { missing: noMachine, timeoutMs: 180_000 }, async () => {
      const qcow2 = join(site.dir, `${site.count}.qcow2`);
      const text = `booted ${site.name()}`;
      const raw = await bootableDisk(site, text);
      await run("qemu-img", ["convert", "-f", "raw", "-O", "qcow2", raw, qcow2]);
      const properties = { run: site.name(), "requirements.secureboot": "false" };
      const { metadata } = tinySplitImage({ type: "virtual-machine", metadata: tinyMetadata(properties) });
      const split = { metadata, rootfs: await readFile(qcow2) };
      const fingerprint = await bringSplit(split, { type: "virtual-machine" });
      await published(fingerprint);
      await site.remove(`/1.0/images/${fingerprint}`);
      expect(await pull(name("a"), { type: "virtual-machine" })).toBe(fingerprint);
      const wire = await site.image(fingerprint);
      expect(wire).toMatchObject({ type: "virtual-machine" });
      expect(wire.properties).toMatchObject({ "requirements.secureboot": "false" });
      expect(await consoleOfMachine(site, fingerprint, text)).toContain(text);
    });

    test("that is one file is split in two, once", async () => {
      const fingerprint = await bring(site.content("", { type: "virtual-machine" }), name("a"));
      await published(name("a"));
      expect((await publish(name("a"))).out).toContain(": is version");
      await site.remove(`/1.0/images/${fingerprint}`);
      const pulled = await pull(name("a"), { type: "virtual-machine" });
      expect(pulled).not.toBe(fingerprint);
      expect(await site.image(pulled)).toMatchObject({ type: "virtual-machine", architecture: "x86_64" });
    });
  });

  describe("again", () => {
    it("adds a version to which the alias leads, keeps the older one, and nothing when nothing is new", async () => {
      const old = await bring(site.bytes, name("a"));
      await published(name("a"));
      const first = await catalogue();
      expect((await publish(name("a"))).out).toMatch(/: is version \d{8}_\d{6} \(container, amd64\)$/);
      expect((await catalogue()).products).toEqual(first.products);
      const bytes = site.content("-new");
      const newer = await site.upload(bytes);
      await daemon.raw.put(`/1.0/images/aliases/${name("a")}`, { target: newer, description: "" });
      await published(name("a"));
      const [product] = Object.values((await catalogue()).products);
      const combined = Object.values(product?.versions ?? {}).map(({ items }) => items["incus_combined.tar.gz"]);
      expect(combined.map((item) => item?.["sha256"])).toEqual([old, newer]);
      for (const item of combined) expect((await stat(join(folder, String(item?.["path"])))).mode & 0o444).toBe(0o444);
      // Back to the first one: of all versions the newest counts, so it becomes that.
      await daemon.raw.put(`/1.0/images/aliases/${name("a")}`, { target: old, description: "" });
      await published(name("a"));
      const [last] = Object.values((await catalogue()).products);
      const order = Object.entries(last?.versions ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
      expect(order.map(([, { items }]) => items["incus_combined.tar.gz"]?.["sha256"])).toEqual([newer, old]);
      expect((await readdir(folder)).sort()).toEqual(["images", "streams"]);
    });

    test("the daemon pulls the newer one, and the older one by its fingerprint", async () => {
      const old = await bring(site.bytes, name("a"));
      await published(name("a"));
      const newer = await site.upload(site.content("-new"));
      await daemon.raw.put(`/1.0/images/aliases/${name("a")}`, { target: newer, description: "" });
      await published(name("a"));
      for (const each of [old, newer]) await site.remove(`/1.0/images/${each}`);
      expect(await pull(name("a"))).toBe(newer);
      const image = site.resource("-old");
      const { url, certificate } = server;
      await image.up({ source: { server: url, protocol: "simplestreams", certificate, fingerprint: old } });
      expect(await site.find(old)).toBeDefined();
    });

    it("an alias that is on another image now leads there only", async () => {
      await bring(site.bytes, name("a"));
      await site.point(name("b"), sha256(site.bytes));
      await published(name("a"));
      const other = await site.upload(site.content("-other"));
      await daemon.raw.put(`/1.0/images/aliases/${name("b")}`, { target: other, description: "" });
      await published(name("b"));
      const { products } = await catalogue();
      expect(Object.values(products).map(({ aliases }) => aliases)).toEqual([name("a"), name("b")]);
    });

    it("a file that was lost is fetched again", async () => {
      await bring(site.bytes, name("a"));
      await published(name("a"));
      await rm(join(folder, "images"), { recursive: true });
      await published(name("a"));
      expect(await readdir(join(folder, "images", sha256(site.bytes)))).toHaveLength(1);
    });
  });

  describe("without being told which", () => {
    it("takes the public ones, and none but those", async () => {
      const project = site.name("-p");
      await daemon.raw.post("/1.0/projects", { name: project, config: { "features.images": "true" } });
      const upload = (bytes: Buffer, isPublic: string): Promise<{ ok: boolean }> => {
        const headers = { "Content-Type": "application/octet-stream", [daemon.header("public")]: isPublic };
        return daemon.settle(daemon.raw.post(`/1.0/images?project=${project}`, bytes, headers));
      };
      const all = (): Promise<Printed> =>
        runCommand(publishStreamsCommand, folder, "--project", project, "--socket", daemon.socket);
      await upload(site.bytes, "false");
      expect(await all()).toMatchObject({ code: 1, err: expect.stringMatching(/is public[^]*--image REF/) as string });
      const shown = site.content("-public");
      await upload(shown, "true");
      expect(await all()).toMatchObject({ code: 0 });
      expect(await readdir(join(folder, "images"))).toEqual([sha256(shown)]);
    });

    it("says how it is used", async () => {
      expect(await runCommand(publishStreamsCommand)).toMatchObject({ code: 2 });
      expect(await runCommand(publishStreamsCommand, "--help")).toMatchObject({ code: 0, err: "" });
    });
  });

  it("leaves a folder alone whose catalogue is none", async () => {
    await bring(site.bytes, name("a"));
    await mkdir(join(folder, "streams/v1"), { recursive: true });
    await writeFile(join(folder, "streams/v1/images.json"), "<html>");
    expect(await publish(name("a"))).toMatchObject({
      code: 1,
      err: expect.stringMatching(/images\.json is not a simplestreams file[^]*another folder/) as string,
    });
    expect(await readdir(folder)).toEqual(["streams"]);
  });
});
