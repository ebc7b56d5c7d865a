// Whether a file can be what a source expects; if not, what it is, what was expected, and what to do.
import { LxdError } from "../../base/errors";
import { type AnswerHeaders } from "../content";
import { encodingAdvice, saidWith } from "../url/said";
import { type Found, type Lack, type Tarball } from "./found";
import { isUnpackable } from "../unpack/unpackable";
import { type MetadataProblem } from "./image-metadata";
import { completion, describe, describeLack, isVolumeBackup, type Place, quoted, tarballOf, useOf } from "./words";

export interface Subject extends Place {
  found: Found;
  /** Whether only the start of it was seen. That of what a web server sends always is. */
  isStart?: boolean | undefined;
  /** What the web server said of it. */
  answer?: AnswerHeaders | undefined;
}

type Problem = LxdError | undefined;

export function isoProblem(subject: Subject): Problem {
  const { found } = subject;
  if (found.what === "medium") return undefined;
  const use = useOf(found, subject);
  const advice = use !== undefined && mayBeMeant(found) ? `${use} ${anyContent}` : (use ?? anyContent);
  return mismatch(subject, "an ISO 9660 or UDF image", advice);
}

/** For example a disk of drivers or answers. */
function mayBeMeant(found: Found): boolean {
  const isPage = found.what === "text" && (found.as === "html" || found.as === "xml" || found.as === "lfs");
  return found.what === "raw-disk" || found.what === "squashfs" || (found.what === "text" && !isPage);
}

const anyContent = "Use an ISO image, or set allowAnyContent: true to import this content anyway.";

/** One tarball with metadata and root. What only the daemons can read, they judge. */
export function imageProblem(subject: Subject): Problem {
  const expected = "an image tarball (metadata.yaml with rootfs/ or rootfs.img)";
  const tarball = tarballOf(subject.found);
  const advice = useOf(subject.found, subject) ?? packAdvice;
  if (tarball === undefined) return isForDaemon(subject.found) ? undefined : mismatch(subject, expected, advice);
  const { metadata, root, isComplete } = tarball;
  if (metadata === undefined || tarball.backup !== undefined || (root === undefined && isComplete))
    return isUnclear(tarball) ? undefined : mismatch(subject, expected, advice);
  if (metadata.problems.length > 0) return metadataError(subject, metadata.problems);
  if (root?.type !== "virtual-machine" || root.disk.what !== "disk") return undefined;
  const name = `rootfs.img in ${subject.name}`;
  return root.disk.lack && lackError(root.disk.lack, { name });
}

const packAdvice = "Pack metadata.yaml and rootfs/ or rootfs.img at the top of the tarball.";

export function metadataProblem(subject: Subject): Problem {
  const expected = "a tarball with metadata.yaml";
  const { found, name } = subject;
  const tarball = tarballOf(found);
  if (tarball === undefined) {
    if (isForDaemon(found)) return undefined;
    const isYaml = found.what === "text" && (found.as === "yaml" || found.as === "json" || found.as === "text");
    const [, folder = ".", file = name] = /^(.*)\/([^/]*)$/s.exec(name) ?? [];
    const pack =
      file === "metadata.yaml"
        ? `Pack it: \`tar -C ${quoted(folder)} -czf metadata.tar.gz metadata.yaml\`.`
        : "Name it metadata.yaml, and pack it: `tar -czf metadata.tar.gz metadata.yaml`.";
    return mismatch(subject, expected, isYaml ? pack : (rootfsAdvice(found) ?? useOf(found, subject) ?? packAdvice));
  }
  const { metadata } = tarball;
  if (metadata !== undefined && tarball.backup === undefined)
    return metadata.problems.length > 0 ? metadataError({ name }, metadata.problems) : undefined;
  return isUnclear(tarball) ? undefined : mismatch(subject, expected, useOf(found, subject) ?? packAdvice);
}

function rootfsAdvice({ what }: Found): string | undefined {
  return what === "disk" ? "Set it as source.rootfs, and the metadata tarball as source.metadata." : undefined;
}

export function rootfsProblem(subject: Subject, isVirtualMachine: boolean): Problem {
  return isVirtualMachine ? diskRootProblem(subject) : folderRootProblem(subject);
}

/** What a file is once it is decompressed on its way; undefined if only that will show. */
export function unpackedFound(found: Found): Found | undefined {
  return found.what === "compressed" && isUnpackable(found.by) ? found.inside : found;
}

/** The daemons accept any bytes, and fail when they make a machine of the image. */
function diskRootProblem(subject: Subject): Problem {
  const found = unpackedFound(subject.found);
  if (found === undefined) return undefined;
  if (found.what === "disk" && found.format === "qcow2") return found.lack && lackError(found.lack, subject);
  const expected = "a qcow2 disk, as the root of a virtual machine must be";
  if (found.what === "squashfs" || tarballOf(found) !== undefined)
    return mismatch(
      subject,
      expected,
      'Set type: "container" if it is a root file system; a disk must be qcow2 (`qemu-img convert -O qcow2`).',
    );
  const isConvertible =
    found.what === "disk" || found.what === "raw-disk" || found.what === "unknown" || found.what === "blank";
  return mismatch(subject, expected, isConvertible ? convert : (useOf(found, subject) ?? diskAdvice));
}

const convert = "Convert it with `qemu-img convert -O qcow2`.";
const diskAdvice = "Set source.rootfs to the disk, as qcow2.";
const folderAdvice = "Set source.rootfs to a squashfs file or a tarball of the root file system.";

function folderRootProblem(subject: Subject): Problem {
  const { found, name } = subject;
  const expected = "a squashfs file or a tarball, as the root of a container must be";
  if (found.what === "disk" && found.format === "qcow2") {
    const why = `${name} is a qcow2 disk, the root of a virtual machine`;
    return new LxdError({ code: "invalid-argument", why, advice: 'Set type: "virtual-machine".' });
  }
  if (found.what === "disk" || found.what === "raw-disk")
    return mismatch(subject, expected, 'Convert it with `qemu-img convert -O qcow2`, and set type: "virtual-machine".');
  const tarball = tarballOf(found);
  const advice = useOf(found, subject) ?? folderAdvice;
  if (tarball === undefined) return isForDaemon(found) ? undefined : mismatch(subject, expected, advice);
  const { metadata, root, isComplete } = tarball;
  // `metadata.yaml` is at the top of images only.
  const isOther = tarball.backup !== undefined || (metadata !== undefined && (root !== undefined || isComplete));
  return isOther ? mismatch(subject, expected, advice) : undefined;
}

export function backupProblem(subject: Subject, of: "instance" | "volume"): Problem {
  const expected = of === "instance" ? "a backup of an instance" : "a backup of a storage volume";
  const { found } = subject;
  const tarball = tarballOf(found);
  if (tarball === undefined)
    return isForDaemon(found) ? undefined : mismatch(subject, expected, useOf(found, subject) ?? exportAdvice);
  const { backup, metadata, root } = tarball;
  if (backup !== undefined) {
    // Old backups do not state their type.
    const isOther = backup.type !== undefined && isVolumeBackup(backup) !== (of === "volume");
    return isOther ? mismatch(subject, expected) : undefined;
  }
  const isImage = metadata !== undefined && root !== undefined;
  if (!isImage && isUnclear(tarball)) return undefined;
  return mismatch(subject, expected, useOf(found, subject) ?? exportAdvice);
}

const exportAdvice = "Use a file that `incus export`, `lxc export` or their `storage volume export` wrote.";

/** More may follow that was not read, and nothing shows what it is. */
function isUnclear({ isComplete, folder, backup, isOva }: Tarball): boolean {
  return !isComplete && folder === undefined && backup === undefined && !isOva;
}

/** What this process cannot look into, but the daemons perhaps can. */
function isForDaemon(found: Found): boolean {
  if (found.what === "squashfs" || found.what === "unknown") return true;
  if (found.what !== "compressed" || found.by === "zip" || found.by === "7z") return false;
  return found.inside === undefined || found.inside.what === "unknown";
}

function metadataError({ name }: Place, problems: readonly MetadataProblem[]): LxdError {
  const [first] = problems;
  const all = problems.map(({ field, why }) => (field === undefined ? why : `${field}: ${why}`));
  const why = `metadata.yaml in ${name}${problems[0]?.field === undefined ? " " : ": "}${all.join("; ")}`;
  return new LxdError({ code: "invalid-argument", why, advice: first?.advice });
}

export function lackError(lack: Lack, { name }: Place): LxdError {
  const why = `${name} ${describeLack(lack)}`;
  return new LxdError({ code: "invalid-argument", why, advice: completion(lack, name) });
}

export function mismatch(subject: Subject, expected: string, advice = useOf(subject.found, subject)): LxdError {
  const { found, name, answer } = subject;
  const is = found.what === "unknown" ? "is" : `is ${describe(found)},`;
  const why = `${name} ${is} not ${expected}${saidWith(answer)}`;
  const isEncoded = answer?.contentEncoding !== undefined && (found.what === "compressed" || found.what === "unknown");
  return new LxdError({ code: "invalid-argument", why, advice: isEncoded ? encodingAdvice : advice });
}
