// Describes what was recognised, and what it can be used for.
import { isUnpackable } from "../unpack/unpackable";
import { type Compression, type Found, type Lack, type Tarball, type TextKind } from "./found";

export function describe(found: Found): string {
  switch (found.what) {
    case "compressed":
      return describeCompressed(found.by, found.inside);
    case "tarball":
      return describeTarball(found.holds);
    case "disk":
      return `a ${found.format} disk`;
    case "raw-disk":
      return `a raw disk with ${found.table === "MBR" ? "an MBR" : "a GPT"}`;
    case "medium":
      return "installation media (ISO 9660 or UDF)";
    case "squashfs":
      return "a squashfs file system";
    case "file-system":
      return `a file system (${found.name})`;
    case "text":
      return texts[found.as];
    case "blank":
      return "blank";
    case "unknown":
      return "of an unknown format";
  }
}

function describeCompressed(by: Compression, inside: Found | undefined): string {
  if (by === "zip" || by === "7z") return `a ${by} archive`;
  const isKnown = inside !== undefined && inside.what !== "unknown";
  return isKnown ? `${describe(inside)}, compressed with ${by}` : `compressed with ${by}`;
}

const texts: Record<TextKind, string> = {
  html: "an HTML page",
  xml: "an XML document",
  json: "JSON text",
  yaml: "YAML text",
  lfs: "a pointer of Git LFS",
  text: "plain text",
};

function describeTarball({ isComplete, metadata, root, backup, folder, isOva }: Tarball): string {
  if (backup !== undefined) return isVolumeBackup(backup) ? "a backup of a storage volume" : "a backup of an instance";
  if (metadata !== undefined && root !== undefined) return `an image of a ${root.type}`;
  if (metadata !== undefined) return isComplete ? "the metadata tarball of a split image" : "an image";
  if (folder !== undefined)
    return `a tarball with ${folder.holds === "image" ? "an image" : "a backup"} in ${folder.path}`;
  if (isOva) return "an OVA";
  return isComplete ? "a tarball without metadata.yaml" : "a tarball";
}

export function isVolumeBackup(backup: { type: string | undefined }): boolean {
  return backup.type === "custom" || backup.type === "bucket";
}

/** The tarball that the daemons read: they decompress it themselves. */
export function tarballOf(found: Found): Tarball | undefined {
  if (found.what === "tarball") return found.holds;
  return found.what === "compressed" && found.inside?.what === "tarball" ? found.inside.holds : undefined;
}

/** A file on this machine, or the answer of a web server. */
export interface Place {
  /** As the user knows it: the path as given, or the URL without its secrets. */
  name: string;
  isOnWeb?: boolean | undefined;
}

/** What to do with a file that is used for something else; undefined if it is of no use. */
export function useOf(found: Found, place: Place): string | undefined {
  const tarball = tarballOf(found);
  if (tarball !== undefined) return useOfTarball(tarball, place);
  if (found.what === "compressed") return useOfPackedDisk(found, place) ?? decompression(found.by, place);
  if (found.what === "text") return useOfText(found.as, place);
  if (found.what === "medium") return "Create an IsoVolume from it, and boot a blank machine from that.";
  if (found.what === "disk") return useOfDisk(found.format, place);
  if (found.what === "raw-disk") return useOfDisk("raw", place);
  if (found.what === "squashfs") return rootAdvice;
  return undefined;
}

function useOfDisk(format: string, { name, isOnWeb }: Place): string {
  const disk = isOnWeb === true ? `{ url: ${JSON.stringify(name)}, checksum }` : JSON.stringify(name);
  return `Use an Image with source: { disk: ${disk}, format: ${JSON.stringify(format)} }.`;
}

/** Disks are decompressed on their way. */
function useOfPackedDisk({ by, inside }: Extract<Found, { what: "compressed" }>, place: Place): string | undefined {
  if (!isUnpackable(by)) return undefined;
  return inside?.what === "disk" || inside?.what === "raw-disk" ? useOf(inside, place) : undefined;
}

const rootAdvice =
  "It can be the root of a container: use an Image with source: { metadata, rootfs }; metadata is its metadata tarball, or { os, release } to have it written.";

function useOfTarball(
  { isComplete, metadata, root, backup, folder, isOva }: Tarball,
  place: Place,
): string | undefined {
  const name = JSON.stringify(place.name);
  if (backup !== undefined) {
    const kind = isVolumeBackup(backup) ? "a StorageVolume" : "an Instance";
    return `${fetched(place)}se ${kind} with source: { backup: ${name} }.`;
  }
  if (metadata !== undefined && root === undefined && isComplete)
    return `${fetched(place)}se an Image with source: { metadata: ${name}, rootfs }, with its root file system or disk.`;
  if (metadata !== undefined)
    return place.isOnWeb === true
      ? `Use an Image with source: { download: ${name}, checksum }.`
      : `Use ${imageOf({ file: place.name })}.`;
  if (folder !== undefined) return repack(folder, place);
  return isOva ? `${fetched(place)}se ${imageOf({ disk: place.name, format: "ova" })}.` : undefined;
}

/** The daemons find the files only at the top, and a backup only without `./`. */
function repack({ path, holds }: { path: string; holds: "image" | "backup" }, { name }: Place): string {
  const extract = `tar -xf ${quoted(name)} && tar -C ${quoted(path)}`;
  if (holds === "backup") return `Pack it again with backup/ at the top: \`${extract} -cf backup.tar backup\`.`;
  return `Pack it again without the folder: \`${extract} -czf image.tar.gz .\`.`;
}

/** A word of a shell's command. */
export function quoted(text: string): string {
  return /^~?[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function useOfText(kind: TextKind, { isOnWeb }: Place): string | undefined {
  if (kind === "lfs") return "Get the file itself with `git lfs pull`.";
  if (kind !== "html" && kind !== "xml" && isOnWeb !== true) return undefined;
  return isOnWeb === true
    ? "It is probably a login or error page: check the URL, and whether the server requires credentials."
    : "It is probably the login or error page that a server sent instead of the file: download the file again.";
}

/** The suffix is that by which the program finds the name of the result. */
const programs: Record<Compression, { program: string; suffix?: string }> = {
  gzip: { program: "gunzip", suffix: ".gz" },
  xz: { program: "unxz", suffix: ".xz" },
  bzip2: { program: "bunzip2", suffix: ".bz2" },
  zstd: { program: "unzstd", suffix: ".zst" },
  lzma: { program: "unlzma", suffix: ".lzma" },
  lz4: { program: "unlz4", suffix: ".lz4" },
  zip: { program: "unzip" },
  "7z": { program: "7z x" },
};

export function decompression(by: Compression, { name, isOnWeb }: Place): string {
  const { program, suffix } = programs[by];
  if (isOnWeb === true) return `Download it, decompress it with \`${program}\`, and use the result as a local file.`;
  const isNamed = suffix === undefined || name.endsWith(suffix);
  const command = isNamed ? `${program} ${quoted(name)}` : `${program} -c < ${quoted(name)} > ${quoted(`${name}.out`)}`;
  return `Decompress it first: \`${command}\`, and use the result.`;
}

function imageOf(source: Record<string, string>): string {
  const fields = Object.entries(source).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return `an Image with source: { ${fields.join(", ")} }`;
}

/** The beginning of a sentence that goes on with `se`. */
function fetched({ isOnWeb }: Place): string {
  return isOnWeb === true ? "Download it, and u" : "U";
}

export function describeLack(lack: Lack): string {
  const named = "name" in lack && lack.name !== "" ? ` (${lack.name})` : "";
  switch (lack.needs) {
    case "backing-file":
      return `is an overlay over another disk${named}`;
    case "data-file":
      return `keeps its data in another file${named}`;
    case "key":
      return "is encrypted, and the servers have no key";
    case "parts":
      return `only describes a disk in other files (${lack.names.join(", ")})`;
    case "description":
      return "is only a part of a disk in several files";
  }
}

export function completion(lack: Lack, name: string): string {
  if (lack.needs === "key") return "Decrypt it first, with `qemu-img convert`.";
  const from = lack.needs === "description" ? "DESCRIPTION.vmdk" : quoted(name);
  const which = lack.needs === "description" ? " (the file that describes all parts)" : "";
  return `Put everything into one file first: \`qemu-img convert -O qcow2 ${from} whole.qcow2\`${which}, and use the result with format "qcow2".`;
}
