// A minimal image: metadata.yaml and a root, as one tarball or as two files. The same options give the same bytes.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BLOCK = 512;
const BUSYBOX = "/bin/busybox";

export interface TinyImageOptions {
  type?: "container" | "virtual-machine";
  /** Properties in the metadata; another property is another content. */
  properties?: Record<string, string>;
  /** metadata.yaml instead of the one made. */
  metadata?: string;
  /** Leaves the root out. */
  withoutRoot?: boolean;
  /** Leaves busybox out: a container of it cannot really run. */
  withoutBusybox?: boolean;
}

interface Entry {
  path: string;
  /** A folder has none. */
  content?: Buffer;
  mode?: number;
  /** Makes it a symbolic link. */
  link?: string;
}

const typeOf = ({ content, link }: Entry): string => (link !== undefined ? "2" : content ? "0" : "5");

function header(entry: Entry): Buffer {
  const { path, content, mode = content ? 0o644 : 0o755, link = "" } = entry;
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, width: number) => value.toString(8).padStart(width, "0");
  block.write(path, 0);
  block.write(octal(mode, 7), 100);
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(content?.length ?? 0, 11), 124);
  block.write(octal(1_600_000_000, 11), 136);
  block.fill(" ", 148, 156);
  block.write(typeOf(entry), 156);
  block.write(link, 157);
  block.write("ustar\u000000", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\u0000 `, 148);
  return block;
}

function tarOf(entries: readonly Entry[]): Buffer {
  const parts = entries.flatMap((entry) => {
    const content = entry.content ?? Buffer.alloc(0);
    const gap = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK);
    return [header(entry), content, gap];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

/** Debian's static busybox, so that a container of the image really runs; undefined when it is not installed. */
export function busybox(): Buffer | undefined {
  try {
    return readFileSync(BUSYBOX);
  } catch {
    return undefined;
  }
}

/** Waits for the daemon's SIGPWR, which means power off; a shell of busybox does that. */
const INIT = "#!/bin/sh\ntrap 'exit 0' PWR TERM\nwhile :; do sleep 1 & wait $!; done\n";

function containerRoot(withoutBusybox = false): Entry[] {
  const folders = ["", "bin/", "dev/", "etc/", "proc/", "root/", "sbin/", "sys/", "tmp/"].map((path) => ({
    path: `rootfs/${path}`,
  }));
  const tool = withoutBusybox ? undefined : busybox();
  if (tool === undefined) return [...folders, { path: "rootfs/etc/tiny", content: Buffer.from("tiny\n") }];
  const links = ["sh", "sleep"].map((name) => ({ path: `rootfs/bin/${name}`, link: "busybox" }));
  return [
    ...folders,
    { path: "rootfs/bin/busybox", content: tool, mode: 0o755 },
    ...links,
    { path: "rootfs/sbin/init", content: Buffer.from(INIT), mode: 0o755 },
  ];
}

/** What a VM's image needs to look like one: the header of an empty qcow2 of 1 MiB. */
function emptyDisk(): Buffer {
  const disk = Buffer.alloc(3 * 65536);
  disk.write("QFI\u00fb", 0, "latin1");
  disk.writeUInt32BE(2, 4);
  disk.writeUInt32BE(16, 20);
  disk.writeBigUInt64BE(1048576n, 24);
  disk.writeUInt32BE(1, 36);
  disk.writeBigUInt64BE(65536n * 2n, 40);
  disk.writeBigUInt64BE(65536n, 48);
  disk.writeUInt32BE(1, 56);
  return disk;
}

export function tinyMetadata(properties: Record<string, string> = {}): string {
  const lines = Object.entries(properties).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}`);
  const tail = lines.length > 0 ? ["properties:", ...lines] : [];
  return ["architecture: x86_64", "creation_date: 1600000000", ...tail, ""].join("\n");
}

/** A unified image, gzip. */
export function tinyImage(options: TinyImageOptions = {}): Buffer {
  const {
    type = "container",
    properties = {},
    metadata = tinyMetadata(properties),
    withoutRoot = false,
    withoutBusybox,
  } = options;
  const isVm = type === "virtual-machine";
  const root = isVm ? [{ path: "rootfs.img", content: emptyDisk() }] : containerRoot(withoutBusybox);
  const entries = [{ path: "metadata.yaml", content: Buffer.from(metadata) }, ...(withoutRoot ? [] : root)];
  return gzipSync(tarOf(entries), { level: 1 });
}

/** A split image: the metadata's tarball, and the root. */
export function tinySplitImage(options: TinyImageOptions = {}): { metadata: Buffer; rootfs: Buffer } {
  const metadata = tinyImage({ ...options, withoutRoot: true });
  if (options.type === "virtual-machine") return { metadata, rootfs: emptyDisk() };
  const entries = containerRoot().map((entry) => ({ ...entry, path: entry.path.slice("rootfs/".length) || "./" }));
  return { metadata, rootfs: gzipSync(tarOf(entries), { level: 1 }) };
}
