// Uploading images: one file or two, what comes of the headers and of bad content.
import { createHash } from "node:crypto";
import { expect, it } from "vitest";

import { describeEachDaemon, objectAt, textAt, tinyImage, tinyMetadata, tinySplitImage } from "../harness";

const digest = (...parts: Buffer[]): string => createHash("sha256").update(Buffer.concat(parts)).digest("hex");

/** A form with these parts, in this order. */
function form(parts: { name: string; filename: string; content: Buffer }[]): { type: string; body: Buffer } {
  const boundary = "----contract";
  const pieces = parts.flatMap(({ name, filename, content }) => [
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="${filename}"\r\n`),
    Buffer.from("Content-Type: application/octet-stream\r\n\r\n"),
    content,
    Buffer.from("\r\n"),
  ]);
  const body = Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]);
  return { type: `multipart/form-data; boundary=${boundary}`, body };
}

describeEachDaemon("image upload", (daemon) => {
  const OCTETS = { "Content-Type": "application/octet-stream" };
  const upload = (body: Buffer, headers: Record<string, string> = OCTETS) =>
    daemon.settle(daemon.raw.post("/1.0/images", body, headers));
  const properties = (suffix: string) => ({ os: "tiny", run: daemon.name(suffix) });
  const bytes = (suffix: string) => tinyImage({ properties: properties(suffix) });

  it("takes a unified tarball, whose digest is the fingerprint", async () => {
    const image = bytes("unified");
    const outcome = await upload(image);
    const fingerprint = digest(image);
    expect(outcome).toMatchObject({ ok: true, metadata: { fingerprint, size: String(image.length) } });
    expect(outcome.operation).toMatchObject({ description: "Downloading image", class: "task" });
    expect(await objectAt(daemon, `/1.0/images/${fingerprint}`)).toMatchObject({
      fingerprint,
      size: image.length,
      type: "container",
      architecture: "x86_64",
      properties: properties("unified"),
      public: false,
      auto_update: false,
      profiles: ["default"],
      aliases: [],
      cached: false,
      created_at: "2020-09-13T12:26:40Z",
    });
  });

  it.each([
    ["block texts", "properties:\n  description: |\n    two\n    lines\n", { description: "two\nlines\n" }],
    ["folded texts", "properties:\n  description: >-\n    one\n    line\n", { description: "one line" }],
    ["quotes", `properties: {a: 'it''s # no comment', b: "\\u00e4\\n"}\n`, { a: "it's # no comment", b: "ä\n" }],
    ["flow maps", "properties: {os: tiny, 'a: b': c}\n", { os: "tiny", "a: b": "c" }],
    ["anchors", "x: &x debian\nproperties: {os: *x}\n", { os: "debian" }],
    ["merged keys", "x: &x {os: debian}\nproperties: {<<: *x, a: b}\n", { os: "debian", a: "b" }],
    [
      "numbers and words as they are written",
      "properties: {a: 3.20, b: 0x10, c: yes, d: 2020-01-01, e: null}\n",
      {
        ...{ a: "3.20", b: "0x10", c: "yes", d: "2020-01-01", e: "" },
      },
    ],
    ["a key twice", "properties: {a: 1}\nproperties: {a: 2}\n", { a: "2" }],
  ])("reads %s in metadata.yaml", async (title, text, properties) => {
    const run = daemon.name(title);
    const image = tinyImage({ metadata: `\uFEFF# ${run}\n${tinyMetadata()}${text}` });
    expect(await upload(image)).toMatchObject({ ok: true });
    const { properties: stored } = await objectAt(daemon, `/1.0/images/${digest(image)}`);
    await daemon.settle(daemon.raw.delete(`/1.0/images/${digest(image)}`));
    expect(stored).toEqual(properties);
  });

  it.each([
    ["nothing", "# nothing\n", /^EOF$/],
    ["a list", "- a\n", /cannot unmarshal !!seq into api\.ImageMetadata/],
    ["a list in properties", `${tinyMetadata()}properties: {a: [b]}\n`, /cannot unmarshal !!seq into string/],
    [
      "a date in quotes",
      'architecture: x86_64\ncreation_date: "1600000000"\n',
      /cannot unmarshal !!str `1600000000` into/,
    ],
    ["no YAML", "architecture: [\n", /^yaml: /],
  ])("refuses %s as metadata.yaml", async (title, metadata, reason) => {
    const outcome = await upload(tinyImage({ metadata: `# ${daemon.name(title)}\n${metadata}` }));
    expect(outcome).toMatchObject({ ok: false, error: expect.stringMatching(reason) as string });
  });

  it("reads properties, file name and publicity from headers", async () => {
    const image = bytes("headers");
    const outcome = await upload(image, {
      ...OCTETS,
      [daemon.header("properties")]: "os=Over%20it&extra=1",
      [daemon.header("filename")]: "tiny.tar.gz",
      [daemon.header("public")]: "true",
    });
    expect(outcome).toMatchObject({ ok: true });
    expect(await objectAt(daemon, `/1.0/images/${digest(image)}`)).toMatchObject({
      properties: { os: "Over it", extra: "1", run: daemon.name("headers") },
      filename: "tiny.tar.gz",
      public: true,
    });
  });

  daemon.test("takes aliases from a header", { needs: ["image_import_alias"] }, async () => {
    const image = bytes("aliases");
    const names = [daemon.name("one"), daemon.name("two/x")];
    const header = names.map((name) => `alias=${encodeURIComponent(name)}`).join("&");
    expect(await upload(image, { ...OCTETS, [daemon.header("aliases")]: header })).toMatchObject({ ok: true });
    const { aliases } = await objectAt(daemon, `/1.0/images/${digest(image)}`);
    expect(aliases).toEqual(names.map((name) => ({ name, description: "" })));
  });

  it("takes the image of a virtual machine", async () => {
    const image = tinyImage({ type: "virtual-machine", properties: properties("vm") });
    expect(await upload(image)).toMatchObject({ ok: true });
    expect(await objectAt(daemon, `/1.0/images/${digest(image)}`)).toMatchObject({ type: "virtual-machine" });
  });

  it.each(["container", "virtual-machine"] as const)("takes a %s in two files", async (type) => {
    const { metadata, rootfs } = tinySplitImage({ type, properties: properties(`split-${type}`) });
    const name = type === "container" ? "rootfs" : "rootfs.img";
    const { type: contentType, body } = form([
      { name: "metadata", filename: "meta.tar.gz", content: metadata },
      { name, filename: "root.bin", content: rootfs },
    ]);
    const outcome = await upload(body, { "Content-Type": contentType });
    const fingerprint = digest(metadata, rootfs);
    expect(outcome).toMatchObject({ ok: true, metadata: { fingerprint } });
    const size = metadata.length + rootfs.length;
    expect(await objectAt(daemon, `/1.0/images/${fingerprint}`)).toMatchObject({ type, size, filename: "root.bin" });
  });

  it("gives a unified image's bytes back", async () => {
    const image = bytes("export");
    await upload(image);
    const reply = await daemon.raw.get(`/1.0/images/${digest(image)}/export`);
    expect(reply.status).toBe(200);
    expect(reply.headers["content-type"]).toBe("application/octet-stream");
    expect(reply.headers["content-disposition"]).toContain(`${digest(image)}.tar.gz`);
    expect(digest(reply.bytes)).toBe(digest(image));
  });

  it("does not take the same image twice, but says which it is", async () => {
    const image = bytes("twice");
    await upload(image);
    const outcome = await upload(image);
    expect(outcome).toMatchObject({ ok: false, error: "Image with same fingerprint already exists" });
    expect(textAt(outcome.metadata, "fingerprint")).toBe(digest(image));
  });

  it("checks the fingerprint that it is told", async () => {
    const image = bytes("checked");
    const outcome = await upload(image, { ...OCTETS, [daemon.header("fingerprint")]: "abc" });
    expect(outcome.ok).toBe(false);
    expect(outcome.error).toMatch(new RegExp(`got ${digest(image)} expected abc$`));
  });

  it.each([
    ["no bytes", Buffer.alloc(0), /^EOF$/],
    ["no archive", Buffer.alloc(2000, "x"), /^Unsupported compression$/],
    ["no metadata", tinyImage({ metadata: "", type: "virtual-machine" }), /EOF|[Mm]issing/],
    ["no creation date", tinyImage({ metadata: "architecture: x86_64\n" }), /Missing creation date/],
    ["an unknown architecture", tinyImage({ metadata: "architecture: foo64\ncreation_date: 1\n" }), /foo64/],
    ["no root", tinyImage({ metadata: tinyMetadata({ a: "1" }), withoutRoot: true }), /Invalid instance type|rootfs/],
  ])("refuses an upload with %s", async (_what, image, error) => {
    const outcome = await upload(image);
    expect(outcome).toMatchObject({ ok: false, wasAsync: true });
    expect(outcome.error).toMatch(error);
  });

  it("refuses a form with other parts", async () => {
    const { type, body } = form([{ name: "other", filename: "x", content: Buffer.from("x") }]);
    const outcome = await upload(body, { "Content-Type": type });
    expect(outcome).toMatchObject({ ok: false });
    expect(outcome.error).toMatch(/Invalid multipart image/);
  });

  it("refuses JSON with an unknown source", async () => {
    const reply = await daemon.raw.post("/1.0/images", { source: { type: "nope" } });
    expect([reply.status, reply.body.error]).toEqual([500, "Invalid images JSON"]);
  });
});
