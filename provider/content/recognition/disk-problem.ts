// Whether a file can be a disk of the format that the program states.
import { type LxdError } from "../../base/errors";
import { type DiskFormat, diskFormats } from "../disk-image/formats";
import { notOneDisk } from "../disk-image/ova";
import { type Found } from "./found";
import { lackError, mismatch, type Subject, unpackedFound } from "./problems";
import { tarballOf, useOf } from "./words";

/** A compressed disk is decompressed on its way. */
export function diskProblem(subject: Subject, format: DiskFormat): LxdError | undefined {
  const found = unpackedFound(subject.found);
  if (found === undefined) return undefined;
  if (found.what === "disk") {
    if (found.lack !== undefined) return lackError(found.lack, subject);
    const isRight = found.format === format || (format === "raw" && found.isRawToo === true);
    return isRight ? undefined : mismatch(subject, nameOf(format), `Set format: "${found.format}".`);
  }
  if (format === "ova" && canBeOva(found)) return ovaProblem(found, subject);
  if (format === "raw" && canBeRaw(found)) return undefined;
  if (format === "vhd" && isEndUnseen(subject) && canBeRaw(found)) return undefined;
  const isOva = found.what === "tarball" && found.holds.isOva;
  const isRaw = found.what === "raw-disk";
  const problem = isOva ? ovaProblem(found, subject) : undefined;
  if (problem !== undefined) return problem;
  if (isOva || isRaw) return mismatch(subject, nameOf(format), `Set format: "${isOva ? "ova" : "raw"}".`);
  const formats = `The formats are ${diskFormats.join(", ")}.`;
  const use = useOf(found, subject);
  return mismatch(
    subject,
    nameOf(format),
    use === undefined ? `Set \`format\` to the format of the file. ${formats}` : withFormats(found, use, formats),
  );
}

function withFormats(found: Found, use: string, formats: string): string {
  return found.what === "compressed" && tarballOf(found) === undefined ? `${use} ${formats}` : use;
}

/** A tarball that was not read to its end may have more disks. */
function ovaProblem(found: Found, { name }: Subject): LxdError | undefined {
  const holds = found.what === "tarball" ? found.holds : undefined;
  const { vmdks = [], isComplete = false } = holds ?? {};
  const isWrong = vmdks.length > 1 || (isComplete && vmdks.length === 0);
  return isWrong ? notOneDisk(name, vmdks) : undefined;
}

/** A VHD of fixed size has its signature at the end. */
function isEndUnseen({ isStart, isOnWeb, found }: Subject): boolean {
  return isStart === true || isOnWeb === true || found.what === "compressed";
}

function nameOf(format: DiskFormat): string {
  return format === "ova" ? "an OVA" : `a ${format} disk`;
}

/** Media without a partition table boot only from a CD-ROM drive; a file system alone may be meant. */
function canBeRaw(found: Found): boolean {
  if (found.what === "medium") return found.isHybrid;
  return found.what !== "compressed" && found.what !== "tarball" && found.what !== "text";
}

function canBeOva(found: Found): boolean {
  if (found.what !== "tarball") return false;
  const { isOva, metadata, backup, folder } = found.holds;
  return isOva || (metadata === undefined && backup === undefined && folder === undefined);
}
