// `pulumi-lxd export image`: what it writes is what was brought, in one file or two, and nothing else is touched.
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";

import { exportCommand } from "../../../cli/export";
import { type Printed, runCommand } from "../harness/command";
import { tinySplitImage } from "../harness";
import { describeImages, sha256 } from "./site";

describeImages("image exported", (site) => {
  let to = "";
  beforeEach(async () => {
    to = join(site.dir, `out-${site.count}`);
    await mkdir(to);
  });
  const run = (...args: string[]): Promise<Printed> =>
    runCommand(exportCommand, "image", ...args, "--socket", site.daemon.socket);

  describe.each(["container", "virtual-machine"] as const)("of a %s", (type) => {
    it("in one file is the file that was brought", async () => {
      const bytes = site.content("", { type });
      const fingerprint = await site.upload(bytes);
      await site.point(site.name("/with/slashes"), fingerprint);
      const { code, out, err } = await run(site.name("/with/slashes"), "--to", to);
      expect({ code, err }).toMatchObject({ code: 0, err: `In a program: source: { file: "${out}" }` });
      expect(sha256(await readFile(out))).toBe(fingerprint);
      expect(await readdir(to)).toEqual([basename(out)]);
    });

    it("in two files is the two that were brought, and can be brought again as the source that is named", async () => {
      const split = tinySplitImage({ type, properties: { os: "tiny", run: site.name() } });
      const source = { metadata: join(site.dir, `${site.count}.meta`), rootfs: join(site.dir, `${site.count}.root`) };
      await writeFile(source.metadata, split.metadata);
      await writeFile(source.rootfs, split.rootfs);
      const image = site.resource();
      await image.up({ source: { ...source, type } });
      const fingerprint = String(image.outputs["fingerprint"]);
      const { code, out, err } = await run(fingerprint.slice(0, 12), "--to", `${to}/new/`);
      expect(code, err).toBe(0);
      const [metadata = "", rootfs = ""] = out.split("\n");
      expect(sha256(await readFile(metadata))).toBe(sha256(split.metadata));
      expect(sha256(await readFile(rootfs))).toBe(sha256(split.rootfs));
      const said = type === "container" ? "" : ', type: "virtual-machine"';
      expect(err).toBe(`In a program: source: { metadata: "${metadata}", rootfs: "${rootfs}"${said} }`);
      expect(await readdir(join(to, "new"))).toHaveLength(2);
      await image.destroy();
      await image.up({ source: { metadata, rootfs, type } });
      expect(image.outputs["fingerprint"]).toBe(fingerprint);
      await image.destroy();
    });
  });

  it("never replaces a file unless it is told to", async () => {
    const fingerprint = await site.upload(site.bytes);
    const file = join(to, "mine.tar.gz");
    await writeFile(file, "precious");
    const refused = await run(fingerprint, "--to", file);
    expect(refused).toMatchObject({ code: 1, out: "" });
    expect(refused.err).toMatch(/mine\.tar\.gz is there already \[already-exists\]\n.*--force/);
    expect(await readFile(file, "utf8")).toBe("precious");
    expect(await run(fingerprint, "--to", file, "--force")).toMatchObject({ code: 0, out: file });
    expect(sha256(await readFile(file))).toBe(fingerprint);
    expect(await readdir(to)).toEqual(["mine.tar.gz"]);
  });

  it("is told as JSON", async () => {
    const fingerprint = await site.upload(site.bytes);
    await site.point(site.name("json"), fingerprint);
    const { code, out, err } = await run(site.name("json"), "--to", to, "--json");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const [path = ""] = (await readdir(to)).map((name) => join(to, name));
    const { sizeBytes } = (JSON.parse(out) as { files: { sizeBytes: number }[] }).files[0] ?? {};
    expect(JSON.parse(out)).toEqual({
      ok: true,
      image: { fingerprint, aliases: [site.name("json")], type: "container", architecture: "x86_64" },
      files: [{ role: "unified", path, sha256: sha256(await readFile(path)), sizeBytes }],
      source: { file: path },
    });
    expect(sizeBytes).toBe((await readFile(path)).length);
  });

  it("in two files is not put into one", async () => {
    const split = tinySplitImage({ properties: { os: "tiny", run: site.name() } });
    await writeFile(join(to, "m"), split.metadata);
    await writeFile(join(to, "r"), split.rootfs);
    const image = site.resource();
    await image.up({ source: { metadata: join(to, "m"), rootfs: join(to, "r") } });
    const { code, err } = await run(String(image.outputs["fingerprint"]), "--to", join(to, "one"));
    expect({ code, err }).toMatchObject({ code: 1, err: expect.stringMatching(/two files[^]*--to .*one\//) as string });
    expect((await readdir(to)).sort()).toEqual(["m", "r"]);
    await image.destroy();
  });

  it("is looked for in the project that is named", async () => {
    const fingerprint = await site.upload(site.bytes);
    const project = await site.project("p");
    const { code, err } = await run(fingerprint, "--project", project, "--to", to);
    expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining(`in project ${project}`) as string });
  });

  it("that is not there is told with what is", async () => {
    const fingerprint = await site.upload(site.bytes);
    await site.point(site.name("known"), fingerprint);
    const { code, err } = await run(site.name("knwon"), "--to", to);
    expect(code).toBe(1);
    expect(err).toMatch(/there is no image ".*knwon" in project default \[not-found\]\nDid you mean ".*known"\?/);
    expect(await run(fingerprint.slice(0, 11), "--to", to)).toMatchObject({ code: 1 });
    expect(await readdir(to)).toEqual([]);
  });

  it("wants to know which image", async () => {
    expect(await runCommand(exportCommand)).toMatchObject({
      code: 2,
      err: expect.stringContaining("Usage:") as string,
    });
    expect(await runCommand(exportCommand, "instance", "x")).toMatchObject({ code: 2 });
    expect(await runCommand(exportCommand, "--help")).toMatchObject({ code: 0, err: "" });
  });
});
