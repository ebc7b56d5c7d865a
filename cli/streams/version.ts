// Describes a version of a product: an image's files, in a form that the clients of both LXD and Incus understand.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { LxdError } from "../../provider/base/errors";
import { type ImageFile } from "../images/image-files";
import { type Catalogue, type Item, type Version } from "./catalogue";

/** A file in the directory, by its relative path. */
export type ServedFile = Pick<ImageFile, "role" | "path" | "sha256" | "sizeBytes" | "head">;

export interface Served {
  /** Fingerprint of the image for clients: the hash of its concatenated files. */
  fingerprint: string;
  files: ServedFile[];
  /** Fingerprint of the image on the server, if it is published as other files than the server stores. */
  madeFrom?: string | undefined;
}

/** Where clients look for the fingerprint, by the type of the root. */
const combinedKeys: Record<string, string> = {
  squashfs: "combined_squashfs_sha256",
  "root.tar.xz": "combined_rootxz_sha256",
  "disk-kvm.img": "combined_disk-kvm-img_sha256",
};

const madeFromKey = "pulumi_lxd_made_from";

/** Each product's clients expect the metadata under a different name; the file is stored once. */
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

/** Clients know no other types; LXD and Incus detect the compression of a tarball themselves. */
function typeOf({ role, head }: ServedFile): string {
  if (role === "rootfs") return head.toString("latin1", 0, 4) === "hsqs" ? "squashfs" : "root.tar.xz";
  if (head.toString("latin1", 0, 4) === "QFI\xfb") return "disk-kvm.img";
  throw new LxdError({ code: "failed", why: "the root of the virtual machine is not a qcow2 disk, as it must be" });
}

/** Returns the fingerprints of a version, both for clients and on the server. */
export function fingerprintsIn(version: Version): string[] {
  const keys = Object.values(combinedKeys);
  const ofItems = Object.values(version.items).flatMap((item) =>
    item.ftype.endsWith("_combined.tar.gz") ? [item.sha256] : keys.map((key) => item[key]),
  );
  return [...ofItems, version[madeFromKey]].filter((each) => typeof each === "string");
}

/** Returns the version that already publishes an image of the server, if its files still exist. */
export function findServed(folder: string, { products }: Catalogue, fingerprint: string): Version | undefined {
  const versions = Object.values(products).flatMap((product) => Object.values(product.versions));
  const found = versions.find((version) => fingerprintsIn(version).includes(fingerprint));
  const isWhole = Object.values(found?.items ?? {}).every(({ path }) => existsSync(join(folder, path)));
  return isWhole ? found : undefined;
}

export function isMachine(version: Version): boolean {
  return Object.values(version.items).some(({ ftype }) => ftype === "disk-kvm.img");
}
