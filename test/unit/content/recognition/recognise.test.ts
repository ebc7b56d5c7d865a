// What files are, told by their first bytes. Most are made by the tools that users make them with.
import { mkdtempSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tinyIso } from "../../../contract/harness";
import { bytesOfFile, bytesOfHead } from "../../../../provider/content/recognition/bytes";
import { type Found, type Tarball } from "../../../../provider/content/recognition/found";
import { headBytes, recognise } from "../../../../provider/content/recognition/recognise";
import { missingTools, Workshop } from "./files";

let dir: string;
let shop: Workshop;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "lxd-recognise-"));
  shop = new Workshop(dir);
});
afterEach(() => rmSync(dir, { recursive: true }));

async function asFile(path: string): Promise<Found> {
  const file = await open(path);
  const { size } = await file.stat();
  return recognise(bytesOfFile(file, size)).finally(() => file.close());
}

/** As the start of what a web server sends. */
async function asStream(path: string): Promise<Found> {
  const file = await open(path);
  const { size } = await file.stat();
  const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0).finally(() => file.close());
  return recognise(bytesOfHead(buffer.subarray(0, bytesRead), bytesRead === size));
}

type Row = [title: string, tools: string[], make: (shop: Workshop) => string, found: Found];

const tarball = (holds: Partial<Tarball>): Found => ({
  what: "tarball",
  holds: { isComplete: true, isOva: false, ...holds },
});
/** No more is read than what is needed. */
const image = tarball({ isComplete: false, metadata: { problems: [] }, root: { type: "container" } });
const noProblems = { metadata: { problems: [] } };
const ustar = "--format=ustar";

const rows: Row[] = [
  ["an ISO image", [], (s) => s.write("x", tinyIso()), { what: "medium", isHybrid: false }],
  [
    "an ISO image of xorriso",
    ["xorriso"],
    (s) => {
      s.write("tree/a", "a");
      s.run("xorriso", "-as", "mkisofs", "-o", "x.iso", "tree");
      return s.path("x.iso");
    },
    { what: "medium", isHybrid: false },
  ],
  [
    "installation media that boot as a disk too",
    ["grub-mkrescue", "xorriso", "mformat"],
    (s) => {
      s.write("tree/a", "a");
      s.run("grub-mkrescue", "-o", "x.iso", "tree");
      return s.path("x.iso");
    },
    { what: "medium", isHybrid: true },
  ],
  ["UDF", [], (s) => s.sparse("x", 100_000, [[18 * 2048 + 1, "NSR02"]]), { what: "medium", isHybrid: false }],
  ["newer UDF", [], (s) => s.sparse("x", 100_000, [[19 * 2048 + 1, "NSR03"]]), { what: "medium", isHybrid: false }],
  [
    "an ISO image that ends after its descriptor",
    [],
    (s) => s.sparse("x", 17 * 2048, [[16 * 2048 + 1, "CD001"]]),
    { what: "medium", isHybrid: false },
  ],
  [
    "a descriptor in the wrong place",
    [],
    (s) => s.sparse("x", 100_000, [[15 * 2048 + 1, "CD001"]]),
    { what: "unknown" },
  ],
  ["a descriptor too late", [], (s) => s.sparse("x", 100_000, [[32 * 2048 + 1, "CD001"]]), { what: "blank" }],
  ["zeros", [], (s) => s.sparse("x", 200_000), { what: "blank" }],
  ["random bytes", [], (s) => s.write("x", Buffer.alloc(9000, "\x90\x91\xfe", "latin1")), { what: "unknown" }],

  ["a qcow2 disk", ["qemu-img"], (s) => s.disk("x", "qcow2"), { what: "disk", format: "qcow2" }],
  [
    "an old qcow2 disk",
    ["qemu-img"],
    (s) => s.disk("x", "qcow2", "-o", "compat=0.10"),
    { what: "disk", format: "qcow2" },
  ],
  [
    "a qcow2 disk over another",
    ["qemu-img"],
    (s) => {
      s.disk("base.qcow2", "qcow2");
      s.run("qemu-img", "create", "-f", "qcow2", "-b", "base.qcow2", "-F", "qcow2", "x");
      return s.path("x");
    },
    { what: "disk", format: "qcow2", lack: { needs: "backing-file", name: "base.qcow2" } },
  ],
  [
    "a qcow2 disk with its data elsewhere",
    ["qemu-img"],
    (s) => s.disk("x", "qcow2", "-o", "data_file=data.raw,data_file_raw=on"),
    { what: "disk", format: "qcow2", lack: { needs: "data-file", name: "data.raw" } },
  ],
  [
    "an encrypted qcow2 disk",
    ["qemu-img"],
    (s) =>
      s.disk(
        "x",
        "qcow2",
        "--object",
        "secret,id=s,data=pw",
        "-o",
        "encrypt.format=luks,encrypt.key-secret=s,encrypt.iter-time=10",
      ),
    { what: "disk", format: "qcow2", lack: { needs: "key" } },
  ],
  ["a VMDK", ["qemu-img"], (s) => s.disk("x", "vmdk"), { what: "disk", format: "vmdk" }],
  [
    "the description of a VMDK in parts",
    ["qemu-img"],
    (s) => s.disk("x.vmdk", "vmdk", "-o", "subformat=twoGbMaxExtentSparse"),
    { what: "disk", format: "vmdk", lack: { needs: "parts", names: ["x-s001.vmdk"] } },
  ],
  [
    "the description of a flat VMDK",
    ["qemu-img"],
    (s) => s.disk("x.vmdk", "vmdk", "-o", "subformat=monolithicFlat"),
    { what: "disk", format: "vmdk", lack: { needs: "parts", names: ["x-flat.vmdk"] } },
  ],
  [
    "a part of a VMDK",
    ["qemu-img"],
    (s) => {
      s.disk("x.vmdk", "vmdk", "-o", "subformat=twoGbMaxExtentSparse");
      return s.path("x-s001.vmdk");
    },
    { what: "disk", format: "vmdk", lack: { needs: "description" } },
  ],
  [
    "a VMDK over another",
    ["qemu-img"],
    (s) => {
      s.disk("base.vmdk", "vmdk");
      s.run("qemu-img", "create", "-f", "vmdk", "-b", "base.vmdk", "-F", "vmdk", "x");
      return s.path("x");
    },
    { what: "disk", format: "vmdk", lack: { needs: "backing-file", name: "base.vmdk" } },
  ],
  ["a VDI", ["qemu-img"], (s) => s.disk("x", "vdi"), { what: "disk", format: "vdi" }],
  ["a VHDX", ["qemu-img"], (s) => s.disk("x", "vhdx"), { what: "disk", format: "vhdx" }],
  [
    "a VHD of fixed size",
    ["qemu-img"],
    (s) => s.disk("x", "vpc", "-o", "subformat=fixed"),
    { what: "disk", format: "vhd", isRawToo: true },
  ],
  ["a VHD", ["qemu-img"], (s) => s.disk("x", "vpc"), { what: "disk", format: "vhd" }],
  ["a raw disk with a GPT", [], (s) => s.sparse("x", 90_000, [[512, "EFI PART"]]), { what: "raw-disk", table: "GPT" }],
  [
    "a raw disk with an MBR",
    [],
    (s) =>
      s.sparse("x", 90_000, [
        [446, "\x80\0\0\0\x83\0\0\0\x01\0\0\0\x10"],
        [510, "\x55\xaa"],
      ]),
    { what: "raw-disk", table: "MBR" },
  ],
  [
    "an ext4 file system",
    ["mkfs.ext4"],
    (s) => {
      s.sparse("x", 4 * 2 ** 20);
      s.run("mkfs.ext4", "-q", "x");
      return s.path("x");
    },
    { what: "file-system", name: "ext" },
  ],
  [
    "a squashfs",
    ["mksquashfs"],
    (s) => {
      s.write("tree/a", "a");
      s.run("mksquashfs", "tree", "x");
      return s.path("x");
    },
    { what: "squashfs" },
  ],

  [
    "an HTML page",
    [],
    (s) => s.write("x", "\n<!-- a --><!DOCTYPE html>\n<title>Log in</title>"),
    { what: "text", as: "html" },
  ],
  ["a long HTML page", [], (s) => s.write("x", `<html>${"ä".repeat(90_000)}`), { what: "text", as: "html" }],
  [
    "XML",
    [],
    (s) => s.write("x", "<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>"),
    { what: "text", as: "xml" },
  ],
  ["JSON", [], (s) => s.write("x", '{"error": "gone"}'), { what: "text", as: "json" }],
  ["long JSON", [], (s) => s.write("x", JSON.stringify({ a: "b".repeat(90_000) })), { what: "text", as: "json" }],
  ["YAML", [], (s) => s.write("x", "architecture: x86_64\ncreation_date: 1\n"), { what: "text", as: "yaml" }],
  ["plain text", [], (s) => s.write("x", "Not found\n"), { what: "text", as: "text" }],
  [
    "what Git LFS leaves behind",
    [],
    (s) => s.write("x", `version https://git-lfs.github.com/spec/v1\noid sha256:${"a".repeat(64)}\nsize 5\n`),
    { what: "text", as: "lfs" },
  ],

  ["an image of a container", ["tar"], (s) => s.tar("x", s.imageMembers()), image],
  ["an image in ustar", ["tar"], (s) => s.tar("x", s.imageMembers(), ustar), image],
  ["an image in pax", ["tar"], (s) => s.tar("x", s.imageMembers(), "--format=pax"), image],
  [
    "an image with ./ in its names",
    ["tar"],
    (s) =>
      s.tar(
        "x",
        s.imageMembers().map((each) => `./${each}`),
      ),
    image,
  ],
  [
    "an image with its metadata last",
    ["tar"],
    (s) => {
      s.write("rootfs/big", Buffer.alloc(2 ** 20, "b"));
      return s.tar("x", ["rootfs", "rootfs/big", ...s.imageMembers().slice(0, 1)]);
    },
    image,
  ],
  [
    "an image with long names",
    ["tar"],
    (s) => {
      const long = `rootfs/${"l".repeat(200)}`;
      s.write(long, "x");
      return s.tar("x", [long, ...s.imageMembers().slice(0, 1)]);
    },
    image,
  ],
  [
    "an image of a virtual machine",
    ["tar", "qemu-img"],
    (s) => {
      s.disk("rootfs.img", "qcow2");
      return s.tar("x", [...s.imageMembers().slice(0, 1), "rootfs.img"]);
    },
    tarball({
      ...noProblems,
      isComplete: false,
      root: { type: "virtual-machine", disk: { what: "disk", format: "qcow2" } },
    }),
  ],
  [
    "the metadata of a split image",
    ["tar"],
    (s) => {
      s.write("templates/a.tpl", "a");
      return s.tar("x", [...s.imageMembers().slice(0, 1), "templates/a.tpl"]);
    },
    tarball(noProblems),
  ],
  [
    "an image whose metadata is wrong",
    ["tar"],
    (s) => {
      const members = s.imageMembers();
      s.write("metadata.yaml", "architecture: x86_64\n");
      return s.tar("x", members);
    },
    tarball({
      isComplete: false,
      root: { type: "container" },
      metadata: {
        problems: [
          {
            field: "creation_date",
            why: "is required",
            advice: "Use the seconds since 1970, as `date +%s` prints them.",
          },
        ],
      },
    }),
  ],
  [
    "an image packed with its folder",
    ["tar"],
    (s) => {
      s.write("exported/metadata.yaml", "a: b");
      s.write("exported/rootfs/a", "a");
      return s.tar("x", ["exported", "exported/metadata.yaml", "exported/rootfs", "exported/rootfs/a"]);
    },
    tarball({ folder: { path: "exported/", holds: "image" } }),
  ],
  [
    "a root file system with a metadata.yaml of its own",
    ["tar"],
    (s) => {
      s.write("rootfs/metadata.yaml", "a: b");
      s.write("rootfs/backup/index.yaml", "a: b");
      return s.tar("x", ["rootfs", "rootfs/metadata.yaml", "rootfs/backup/index.yaml"]);
    },
    tarball({ root: { type: "container" } }),
  ],
  [
    "a backup of an instance",
    ["tar"],
    (s) => {
      s.write("backup/index.yaml", "name: a\ntype: container\nconfig: {container: {type: x}}\n");
      return s.tar("x", ["backup/index.yaml"]);
    },
    tarball({ isComplete: false, backup: { type: "container" } }),
  ],
  [
    "an old backup",
    ["tar"],
    (s) => {
      s.write("backup/index.yaml", "name: a\n");
      return s.tar("x", ["backup/index.yaml"]);
    },
    tarball({ isComplete: false, backup: { type: undefined } }),
  ],
  [
    "a backup that was packed again",
    ["tar"],
    (s) => {
      s.write("backup/index.yaml", "name: a\n");
      return s.tar("x", ["./backup", "./backup/index.yaml"]);
    },
    tarball({ folder: { path: "./", holds: "backup" } }),
  ],
  [
    "an OVA",
    ["tar"],
    (s) => {
      s.write("a.ovf", "<Envelope/>");
      s.write("a.vmdk", "KDMV");
      return s.tar("x", ["a.ovf", "a.vmdk"], ustar);
    },
    tarball({ isOva: true, vmdks: ["a.vmdk"] }),
  ],
  ["an empty tarball", [], (s) => s.tar("x", [], "-T", "/dev/null"), { what: "blank" }],

  [
    "an image, gzip",
    ["tar", "gzip"],
    (s) => {
      s.tar("x", s.imageMembers());
      return s.pipe("x.gz", "gzip", "-c", "x");
    },
    { what: "compressed", by: "gzip", inside: image },
  ],
  [
    "the metadata of a split image, gzip",
    ["tar", "gzip"],
    (s) => {
      s.tar("x", s.imageMembers().slice(0, 1));
      return s.pipe("x.gz", "gzip", "-c", "x");
    },
    { what: "compressed", by: "gzip", inside: tarball(noProblems) },
  ],
  [
    "an ISO image, gzip",
    ["gzip"],
    (s) => {
      s.write("x", tinyIso());
      return s.pipe("x.gz", "gzip", "-c", "x");
    },
    { what: "compressed", by: "gzip", inside: { what: "medium", isHybrid: false } },
  ],
  [
    "a file that only claims to be gzip",
    [],
    (s) => s.write("x", Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), Buffer.alloc(5000, 7)])),
    { what: "compressed", by: "gzip", inside: undefined },
  ],
  ...(["xz", "bzip2", "zstd", "lzma", "lz4"] as const).map((tool): Row => [
    `something, ${tool}`,
    [tool],
    (s) => {
      s.write("x", tinyIso());
      return s.pipe("x.z", tool, "-c", "x");
    },
    { what: "compressed", by: tool },
  ]),
  [
    "something, zip",
    ["zip"],
    (s) => {
      s.write("x", tinyIso());
      s.run("zip", "x.zip", "x");
      return s.path("x.zip");
    },
    { what: "compressed", by: "zip" },
  ],
  ["a raw disk that begins with BZ", [], (s) => s.sparse("x", 90_000, [[0, "BZ"]]), { what: "unknown" }],
];

/** What tells is not in the first bytes, which are all that is looked at of a stream. */
const onlyInFiles = ["an image with its metadata last", "a VHD of fixed size"];

describe("a file is recognised", () => {
  for (const [title, tools, make, found] of rows) {
    it(title, async (context) => {
      const missing = missingTools(tools);
      context.skip(missing.length > 0, `${missing.join(", ")} is not installed`);
      const path = make(shop);
      expect(await asFile(path)).toEqual(found);
      if (!onlyInFiles.includes(title)) expect(await asStream(path)).toEqual(found);
    });
  }
});
