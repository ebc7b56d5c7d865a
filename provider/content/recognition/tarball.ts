// Recognises what a tarball contains: an image, its metadata alone, a backup, an OVA.
import { parseYaml } from "../../base/yaml";
import { bytesOfHead, type Sequence } from "./bytes";
import { qcow2Bytes, recogniseDisk } from "./disks";
import { type Tarball } from "./found";
import { metadataProblems } from "./image-metadata";
import { isVmdk } from "../disk-image/ova";
import { type TarMember, tarMembers } from "./tar-members";

const textMaxBytes = 1024 * 1024;
const metadataFile = "metadata.yaml";
const backupFile = "backup/index.yaml";
const isRoot = (name: string): boolean => name.startsWith("rootfs/") || name === "rootfs.img";

export async function recogniseTarball(from: Sequence): Promise<Tarball> {
  const found: Tarball = { isComplete: false, isOva: false };
  const misplaced = new Misplaced();
  const members = tarMembers(from);
  for (;;) {
    const { value, done } = await members.next();
    if (done === true) {
      found.isComplete = value === "complete";
      break;
    }
    await look(value, found);
    misplaced.look(value.name);
    if (found.backup !== undefined || (found.metadata !== undefined && found.root !== undefined)) break;
  }
  await members.return("cut");
  if (found.metadata === undefined && found.backup === undefined) found.folder = misplaced.folder(found.isComplete);
  return found;
}

async function look(member: TarMember, found: Tarball): Promise<void> {
  const name = member.name.replace(/^\.\//, "");
  if (name === metadataFile) {
    const text = await member.start(textMaxBytes);
    found.metadata = { problems: text.length < member.sizeBytes ? [] : metadataProblems(text) };
  } else if (name === "rootfs.img") {
    const head = bytesOfHead(await member.start(qcow2Bytes), true);
    found.root = { type: "virtual-machine", disk: (await recogniseDisk(head)) ?? { what: "unknown" } };
  } else if (isRoot(name)) found.root ??= { type: "container" };
  else if (member.name === backupFile) found.backup = { type: backupType(await member.start(textMaxBytes)) };
  else if (/^[^/]+\.ovf$/i.test(name)) found.isOva = true;
  else if (isVmdk(name)) (found.vmdks ??= []).push(name);
}

/** Absent in old backups, and in those that cannot be read here. */
function backupType(index: Buffer): string | undefined {
  try {
    const parsed = parseYaml(index.toString("utf8"));
    const type = typeof parsed === "object" && parsed !== null && "type" in parsed ? parsed.type : undefined;
    return typeof type === "string" ? type : undefined;
  } catch {
    return undefined;
  }
}

/** Looks for the files that belong at the top in a folder, where repacking often puts them. */
class Misplaced {
  private readonly metadata = new Set<string>();
  private readonly roots = new Set<string>();
  private backup: string | undefined;

  look(name: string): void {
    const [, folder = "", rest = ""] = /^((?:\.\/)?(?:[^/]*\/)?)(.*)$/s.exec(name) ?? [];
    // A root file system may contain files of these names.
    if (folder === "" || /^(\.\/)?rootfs\/$/.test(folder)) return;
    const backup = new RegExp(`^(\\./|[^/]*/)${backupFile.replace(".", "\\.")}$`).exec(name)?.[1];
    this.backup ??= backup === "rootfs/" ? undefined : backup;
    if (rest === metadataFile) this.metadata.add(folder);
    if (isRoot(rest)) this.roots.add(folder);
  }

  /** While more may follow, the metadata alone is not evidence. */
  folder(isComplete: boolean): Tarball["folder"] {
    if (this.backup !== undefined) return { path: this.backup, holds: "backup" };
    const path = [...this.metadata].find((each) => isComplete || this.roots.has(each));
    return path === undefined ? undefined : { path, holds: "image" };
  }
}
