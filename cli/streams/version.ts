// A version of a product: an image's files, told so that the clients of both daemons find them.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { LxdError } from "../../provider/base/errors";
import { type ImageFile } from "../images/image-files";
import { type Catalogue, type Item, type Version } from "./catalogue";

/** A file that lies in the folder, by its path in it. */
export type ServedFile = Pick<ImageFile, "role" | "path" | "sha256" | "sizeBytes" | "head">;

export interface Served {
  /** By which clients know the image: the hash of its files, one after the other. */
  fingerprint: string;
  files: ServedFile[];
  /** The daemon's, of an image that is served in other files than the daemon has it in. */
  madeFrom?: string | undefined;
}

/** Where a client looks for the fingerprint, by the kind of the root. */
const combinedKeys: Record<string, string> = {
  squashfs: "combined_squashfs_sha256",
  "root.tar.xz": "combined_rootxz_sha256",
  "disk-kvm.img": "combined_disk-kvm-img_sha256",
};

const madeFromKey = "pulumi_lxd_made_from";

/** Each product's client looks for the metadata under a name of its own; the file lies there once. */
export function describeVersion({ fingerprint, files, madeFrom }: Served): Version {
  const [first, root] = files;
  if (first === undefined) throw new LxdError({ code: "failed", why: "the daemon sent no file" });
  const rootType = root === undefined ? undefined : typeOf(root);
  const suffix = rootType === undefined ? "_combined.tar.gz" : ".tar.xz";
  const combined = rootType === undefined ? {} : { [combinedKeys[rootType] ?? ""]: fingerprint };
  const items = ["incus", "lxd"].map((product) => describeFile(`${product}${suffix}`, first, combined));
  if (root !== undefined && rootType !== undefined) items.push(describeFile(rootType, root));
  const source = madeFrom === undefined ? {} : { [madeFromKey]: madeFrom };
  return { items: Object.fromEntries(items.map((item) => [item.ftype, item])), ...source };
}

function describeFile(ftype: string, { path, sha256, sizeBytes: size }: ServedFile, more: object = {}): Item {
  return { ftype, path, sha256, size, ...more };
}

/** The clients know no more kinds than these; of a tarball, the daemons find out by themselves how it is compressed. */
function typeOf({ role, head }: ServedFile): string {
  if (role === "rootfs") return head.toString("latin1", 0, 4) === "hsqs" ? "squashfs" : "root.tar.xz";
  if (head.toString("latin1", 0, 4) === "QFI\xfb") return "disk-kvm.img";
  throw new LxdError({ code: "failed", why: "the root of the virtual machine is not a qcow2 disk, as it must be" });
}

/** The images that a version stands for, as clients and as the daemon know them. */
export function fingerprintsIn(version: Version): string[] {
  const keys = Object.values(combinedKeys);
  const ofItems = Object.values(version.items).flatMap((item) =>
    item.ftype.endsWith("_combined.tar.gz") ? [item.sha256] : keys.map((key) => item[key]),
  );
  return [...ofItems, version[madeFromKey]].filter((each) => typeof each === "string");
}

/** The version that serves an image of the daemon already, if its files are still there. */
export function findServed(folder: string, { products }: Catalogue, fingerprint: string): Version | undefined {
  const versions = Object.values(products).flatMap((product) => Object.values(product.versions));
  const found = versions.find((version) => fingerprintsIn(version).includes(fingerprint));
  const isWhole = Object.values(found?.items ?? {}).every(({ path }) => existsSync(join(folder, path)));
  return isWhole ? found : undefined;
}

export function isMachine(version: Version): boolean {
  return Object.values(version.items).some(({ ftype }) => ftype === "disk-kvm.img");
}
