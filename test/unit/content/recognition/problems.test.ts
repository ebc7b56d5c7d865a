// What is said of a file that cannot be what a source expects: what it is, what was expected, and what to write.
import { describe, expect, it } from "vitest";
import { diskProblem } from "../../../../provider/content/recognition/disk-problem";
import { type Found, type Tarball } from "../../../../provider/content/recognition/found";
import {
  backupProblem,
  imageProblem,
  isoProblem,
  metadataProblem,
  rootfsProblem,
  type Subject,
} from "../../../../provider/content/recognition/problems";
import { type LxdError } from "../../../../provider/base/errors";

const tar = (holds: Partial<Tarball>): Found => ({
  what: "tarball",
  holds: { isComplete: true, isOva: false, ...holds },
});
const fine = { metadata: { problems: [] } };
const compressed = (by: "gzip" | "xz" | "bzip2" | "zstd" | "zip" | "7z" | "lz4" | "lzma", inside?: Found): Found => ({
  what: "compressed",
  by,
  inside,
});

const files = {
  medium: { what: "medium", isHybrid: false },
  hybrid: { what: "medium", isHybrid: true },
  qcow2: { what: "disk", format: "qcow2" },
  overlay: { what: "disk", format: "qcow2", lack: { needs: "backing-file", name: "base.qcow2" } },
  dataElsewhere: { what: "disk", format: "qcow2", lack: { needs: "data-file", name: "d.raw" } },
  encrypted: { what: "disk", format: "qcow2", lack: { needs: "key" } },
  vmdk: { what: "disk", format: "vmdk" },
  fixedVhd: { what: "disk", format: "vhd", isRawToo: true },
  parts: { what: "disk", format: "vmdk", lack: { needs: "parts", names: ["a-s001.vmdk", "a-s002.vmdk"] } },
  part: { what: "disk", format: "vmdk", lack: { needs: "description" } },
  raw: { what: "raw-disk", table: "GPT" },
  squashfs: { what: "squashfs" },
  ext: { what: "file-system", name: "ext" },
  page: { what: "text", as: "html" },
  xml: { what: "text", as: "xml" },
  yaml: { what: "text", as: "yaml" },
  text: { what: "text", as: "text" },
  lfs: { what: "text", as: "lfs" },
  blank: { what: "blank" },
  unknown: { what: "unknown" },
  image: tar({ ...fine, isComplete: false, root: { type: "container" } }),
  vmImage: tar({
    ...fine,
    isComplete: false,
    root: { type: "virtual-machine", disk: { what: "disk", format: "qcow2" } },
  }),
  vmOverlay: tar({
    ...fine,
    root: {
      type: "virtual-machine",
      disk: { what: "disk", format: "qcow2", lack: { needs: "backing-file", name: "b" } },
    },
  }),
  badImage: tar({
    root: { type: "container" },
    metadata: { problems: [{ field: "architecture", why: "is required", advice: "Name one." }] },
  }),
  metadata: tar(fine),
  perhapsImage: tar({ ...fine, isComplete: false }),
  packed: tar({ folder: { path: "exported/", holds: "image" } }),
  backup: tar({ backup: { type: "virtual-machine" } }),
  oldBackup: tar({ backup: { type: undefined } }),
  volume: tar({ backup: { type: "custom" } }),
  packedBackup: tar({ folder: { path: "./", holds: "backup" } }),
  ova: tar({ isOva: true, vmdks: ["a.vmdk"] }),
  twoDisks: tar({ isOva: true, vmdks: ["a.vmdk", "b.vmdk"] }),
  otherTar: tar({}),
  cutTar: tar({ isComplete: false }),
  gzipImage: compressed("gzip", tar({ ...fine, root: { type: "container" } })),
  gzipMedium: compressed("gzip", { what: "medium", isHybrid: false }),
  gzipRaw: compressed("gzip", { what: "raw-disk", table: "GPT" }),
  gzipUnknown: compressed("gzip", { what: "unknown" }),
  xz: compressed("xz"),
  bzip2: compressed("bzip2"),
  zstd: compressed("zstd"),
  lz4: compressed("lz4"),
  zip: compressed("zip"),
} satisfies Record<string, Found>;
type Name = keyof typeof files;

const uses: Record<string, (subject: Subject) => LxdError | undefined> = {
  iso: isoProblem,
  image: imageProblem,
  metadata: metadataProblem,
  "container's root": (subject) => rootfsProblem(subject, false),
  "machine's root": (subject) => rootfsProblem(subject, true),
  raw: (subject) => diskProblem(subject, "raw"),
  qcow2: (subject) => diskProblem(subject, "qcow2"),
  vmdk: (subject) => diskProblem(subject, "vmdk"),
  ova: (subject) => diskProblem(subject, "ova"),
  "instance's backup": (subject) => backupProblem(subject, "instance"),
  "volume's backup": (subject) => backupProblem(subject, "volume"),
};

/** Everything else is refused. What this process cannot look into, the daemons decide. */
const accepted: Record<keyof typeof uses, Name[]> = {
  iso: ["medium", "hybrid"],
  image: [
    "squashfs",
    "unknown",
    "image",
    "vmImage",
    "perhapsImage",
    "cutTar",
    "gzipImage",
    "gzipUnknown",
    "xz",
    "bzip2",
    "zstd",
    "lz4",
  ],
  metadata: [
    ...(["squashfs", "unknown", "image", "vmImage", "vmOverlay", "metadata", "perhapsImage", "cutTar"] as const),
    ...(["gzipImage", "gzipUnknown", "xz", "bzip2", "zstd", "lz4"] as const),
  ],
  "container's root": [
    ...([
      "squashfs",
      "unknown",
      "otherTar",
      "cutTar",
      "perhapsImage",
      "packed",
      "packedBackup",
      "ova",
      "twoDisks",
    ] as const),
    ...(["gzipUnknown", "xz", "bzip2", "zstd", "lz4"] as const),
  ],
  // What these contain shows when they are decompressed.
  "machine's root": ["qcow2", "xz", "bzip2", "zstd"],
  raw: [
    ...(["fixedVhd", "hybrid", "raw", "squashfs", "ext", "blank", "unknown"] as const),
    ...(["gzipRaw", "gzipUnknown", "xz", "bzip2", "zstd"] as const),
  ],
  qcow2: ["qcow2", "xz", "bzip2", "zstd"],
  vmdk: ["vmdk", "xz", "bzip2", "zstd"],
  ova: ["ova", "cutTar", "xz", "bzip2", "zstd"],
  "instance's backup": [
    ...(["squashfs", "unknown", "backup", "oldBackup", "cutTar", "perhapsImage"] as const),
    ...(["gzipUnknown", "xz", "bzip2", "zstd", "lz4"] as const),
  ],
  "volume's backup": [
    ...(["squashfs", "unknown", "volume", "oldBackup", "cutTar", "perhapsImage"] as const),
    ...(["gzipUnknown", "xz", "bzip2", "zstd", "lz4"] as const),
  ],
};

const names = Object.keys(files) as Name[];

describe.each(Object.entries(uses))("as %s", (use, judge) => {
  it("accepts what can be one, and refuses the rest", () => {
    const taken = names.filter((name) => judge({ name: "f", found: files[name] }) === undefined);
    expect(taken.sort()).toEqual([...(accepted[use] ?? [])].sort());
  });

  it("names the file and what was expected", () => {
    for (const name of names.filter((each) => !(accepted[use] ?? []).includes(each))) {
      const { why, advice } = judge({ name: "./f", found: files[name] })?.details ?? { why: "", advice: "" };
      expect(why, name).toMatch(/\.\/f (is|has|keeps|only)|metadata\.yaml in \.\/f|in \.\/f is/);
      expect(advice, `${use} of ${name}`).toMatch(/^[A-Z].*\.$/);
    }
  });
});

describe("a mistake", () => {
  const rows: [use: keyof typeof uses, file: Name, why: RegExp, advice: RegExp][] = [
    [
      "iso",
      "bzip2",
      /f is compressed with bzip2, not an ISO 9660 or UDF image/,
      /^Decompress it first: `bunzip2 -c < f > f\.out`, and use the result\.$/,
    ],
    [
      "iso",
      "gzipMedium",
      /f is installation media .*, compressed with gzip, not an ISO/,
      /^Decompress it first: `gunzip -c < f > f\.out`, and use the result\.$/,
    ],
    ["iso", "zip", /f is a zip archive, not/, /`unzip f`/],
    ["iso", "qcow2", /f is a qcow2 disk, not an ISO/, /^Use an Image with source: { disk: "f", format: "qcow2" }\.$/],
    ["iso", "page", /f is an HTML page/, /login or error page.*download the file again/],
    ["iso", "lfs", /f is a pointer of Git LFS/, /git lfs pull/],
    ["iso", "raw", /f is a raw disk with a GPT/, /format: "raw".*allowAnyContent: true/],
    ["iso", "unknown", /^f is not an ISO 9660 or UDF image/, /allowAnyContent: true/],
    ["iso", "image", /f is an image of a container/, /^Use an Image with source: { file: "f" }\.$/],
    [
      "raw",
      "lz4",
      /f is compressed with lz4, not a raw disk/,
      /`unlz4 -c < f > f\.out`.*The formats are raw, qcow2, vmdk, vdi, vhd, vhdx, ova\./,
    ],
    ["raw", "gzipMedium", /f is installation media .*, compressed with gzip, not a raw disk/, /IsoVolume/],
    ["image", "gzipRaw", /f is a raw disk with a GPT, compressed with gzip/, /source: { disk: "f", format: "raw" }/],
    ["raw", "page", /f is an HTML page, not a raw disk/, /login or error page/],
    ["raw", "medium", /f is installation media/, /IsoVolume/],
    ["raw", "ova", /f is an OVA, not a raw disk/, /^Set format: "ova"\.$/],
    [
      "ova",
      "twoDisks",
      /f has 2 disks \(a\.vmdk, b\.vmdk\)/,
      /`tar -xf f`.*source: { disk: "a\.vmdk", format: "vmdk" }/,
    ],
    ["raw", "twoDisks", /f has 2 disks/, /format: "vmdk"/],
    ["ova", "otherTar", /f has no disk \(\.vmdk\)/, /`tar -xf f` and look for a disk in another format/],
    ["raw", "image", /f is an image of a container, not a raw disk/, /source: { file: "f" }/],
    ["qcow2", "gzipRaw", /f is a raw disk with a GPT, compressed with gzip, not a qcow2/, /^Set format: "raw"\.$/],
    ["qcow2", "raw", /f is a raw disk with a GPT, not a qcow2 disk/, /^Set format: "raw"\.$/],
    [
      "qcow2",
      "overlay",
      /f is an overlay over another disk \(base.qcow2\)/,
      /`qemu-img convert -O qcow2 f whole\.qcow2`/,
    ],
    ["qcow2", "dataElsewhere", /f keeps its data in another file \(d.raw\)/, /qemu-img convert/],
    ["qcow2", "encrypted", /f is encrypted/, /Decrypt it first/],
    [
      "vmdk",
      "parts",
      /f only describes a disk in other files \(a-s001.vmdk, a-s002.vmdk\)/,
      /-O qcow2 f whole\.qcow2`/,
    ],
    [
      "vmdk",
      "part",
      /f is only a part of a disk in several files/,
      /DESCRIPTION\.vmdk whole\.qcow2` \(the file that describes all parts\)/,
    ],
    ["image", "qcow2", /f is a qcow2 disk, not an image tarball/, /source: { disk: "f", format: "qcow2" }/],
    ["image", "metadata", /f is the metadata tarball of a split image/, /source: { metadata: "f", rootfs }/],
    ["image", "yaml", /f is YAML text, not an image tarball/, /Pack metadata.yaml/],
    [
      "image",
      "packed",
      /f is a tarball with an image in exported\//,
      /`tar -xf f && tar -C exported\/ -czf image\.tar\.gz \.`/,
    ],
    ["image", "backup", /f is a backup of an instance/, /an Instance with source: { backup: "f" }/],
    ["image", "volume", /f is a backup of a storage volume/, /a StorageVolume with source: { backup: "f" }/],
    ["image", "gzipMedium", /f is installation media.*compressed with gzip/, /gunzip/],
    ["image", "badImage", /metadata.yaml in f: architecture: is required/, /^Name one\.$/],
    ["image", "vmOverlay", /rootfs.img in f is an overlay over another disk/, /qemu-img convert/],
    [
      "metadata",
      "yaml",
      /f is YAML text, not a tarball with metadata.yaml/,
      /Name it metadata\.yaml, and pack it: `tar -czf metadata\.tar\.gz metadata\.yaml`/,
    ],
    ["metadata", "qcow2", /f is a qcow2 disk, not a tarball/, /Set it as source.rootfs/],
    ["container's root", "qcow2", /f is a qcow2 disk, the root of a virtual machine/, /type: "virtual-machine"/],
    [
      "container's root",
      "metadata",
      /f is the metadata tarball of a split image, not a squashfs file/,
      /source: { metadata/,
    ],
    ["machine's root", "vmdk", /f is a vmdk disk, not a qcow2 disk/, /qemu-img convert/],
    ["machine's root", "overlay", /f is an overlay/, /qemu-img convert/],
    ["instance's backup", "qcow2", /f is a qcow2 disk, not a backup of an instance/, /source: { disk: "f"/],
    [
      "instance's backup",
      "volume",
      /f is a backup of a storage volume, not a backup of an instance/,
      /a StorageVolume/,
    ],
    ["instance's backup", "image", /f is an image of a container, not a backup/, /source: { file: "f" }/],
    [
      "instance's backup",
      "packedBackup",
      /f is a tarball with a backup in \.\//,
      /`tar -xf f && tar -C \.\/ -cf backup\.tar backup`/,
    ],
    ["volume's backup", "backup", /f is a backup of an instance, not a backup of a storage volume/, /an Instance/],
    ["volume's backup", "medium", /f is installation media/, /IsoVolume/],
  ];
  it.each(rows)("as %s with the file %s", (use, file, why, advice) => {
    const problem = uses[use]?.({ name: "f", found: files[file] });
    expect(problem?.details.why).toMatch(why);
    expect(problem?.details.advice).toMatch(advice);
    expect(problem?.code).toBe("invalid-argument");
  });
});

describe("a command", () => {
  it.each([
    ["my disk.raw.xz", "unxz 'my disk.raw.xz'"],
    ["it's.raw.xz", "unxz 'it'\\''s.raw.xz'"],
    ["~/disk.raw.xz", "unxz ~/disk.raw.xz"],
    ["disk.raw", "unxz -c < disk.raw > disk.raw.out"],
  ])("can be copied, for a file %s", (name, command) => {
    expect(isoProblem({ name, found: files.xz })?.details.advice).toContain(`\`${command}\``);
  });

  it("packs the metadata from the folder that they are in", () => {
    const problem = metadataProblem({ name: "./build/metadata.yaml", found: files.yaml });
    expect(problem?.details.advice).toBe("Pack it: `tar -C ./build -czf metadata.tar.gz metadata.yaml`.");
  });
});

describe("the answer of a web server", () => {
  const web = { name: "https://a.example/f", isOnWeb: true };

  it("may be a page", () => {
    const problem = imageProblem({ ...web, found: files.page, answer: { contentType: "text/html" } });
    expect(problem?.details.why).toContain("is an HTML page, not an image tarball");
    expect(problem?.details.why).toContain("(Content-Type: text/html)");
    expect(problem?.details.advice).toMatch(/login or error page: check the URL/);
  });

  it("may be compressed on its way", () => {
    const answer = { contentType: "application/octet-stream", contentEncoding: "gzip" };
    const problem = isoProblem({ ...web, found: files.gzipMedium, answer });
    expect(problem?.details.why).toContain("(Content-Type: application/octet-stream, Content-Encoding: gzip)");
    expect(problem?.details.advice).toMatch(/Accept-Encoding: identity.*Turn that off on the server/);
  });

  it("may be a disk", () => {
    const problem = imageProblem({ ...web, found: files.qcow2 });
    expect(problem?.details.advice).toMatch(
      /^Use an Image with source: { disk: { url: .*, checksum }, format: "qcow2" }/,
    );
  });

  it("may be a compressed ISO image", () => {
    const problem = isoProblem({ ...web, found: files.bzip2 });
    expect(problem?.details.advice).toBe(
      "Download it, decompress it with `bunzip2`, and use the result as a local file.",
    );
  });
});
