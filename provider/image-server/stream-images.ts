// Converts products of a simplestreams list to images, by the same rules as the daemons.
import { type Alias } from "../lxd/api/images";
import { type ServedImage } from "./types";
import { type StreamItem, type StreamProduct } from "./streams";

export interface StreamImage extends ServedImage {
  /** A unified tarball, or metadata and root. */
  files: { main: StreamItem; root?: StreamItem | undefined };
}

/** The aliases point to the newest version of each product. */
export function imagesOf(product: StreamProduct): StreamImage[] {
  const versions = Object.keys(product.versions).filter((name) => /^\d{8}/.test(name));
  const images = versions
    .sort()
    .reverse()
    .flatMap((name) => imagesOfVersion(product, name));
  const aliases = aliasesOf(product);
  const types = new Set<string>();
  return images.map((image) => {
    const isNewest = !types.has(image.type);
    types.add(image.type);
    return isNewest ? { ...image, aliases } : image;
  });
}

/** A version offers the same image in several forms, ordered by preference. */
function imagesOfVersion(product: StreamProduct, name: string): StreamImage[] {
  const { items = {}, label = "" } = product.versions[name] ?? {};
  const all = Object.keys(items)
    .sort()
    .flatMap((key) => items[key] ?? []);
  const forms = [...all.flatMap((item) => splitImages(item, all)), ...all.flatMap((item) => wholeImage(item))];
  return forms
    .filter(({ fingerprint }, i) => forms.findIndex((other) => other.fingerprint === fingerprint) === i)
    .map((found) => describe(found, { product, name, label }));
}

type Files = Pick<StreamImage, "fingerprint" | "type" | "files"> & { form: string };

function wholeImage(item: StreamItem): Files[] {
  const isWhole = ["incus_combined.tar.gz", "lxd_combined.tar.gz"].includes(item.ftype);
  if (!isWhole || item.sha256 === "") return [];
  return [{ fingerprint: item.sha256, type: "container", files: { main: item }, form: "combined" }];
}

/** Root formats in order of preference, with the metadata key of the combined hash. */
const roots = [
  { ftype: "squashfs", key: "combined_squashfs_sha256", type: "container" },
  { ftype: "root.tar.xz", key: "combined_rootxz_sha256", type: "container" },
  { ftype: "disk-kvm.img", key: "combined_disk-kvm-img_sha256", type: "virtual-machine" },
  { ftype: "disk1.img", key: "combined_disk1-img_sha256", type: "virtual-machine" },
  { ftype: "uefi1.img", key: "combined_uefi1-img_sha256", type: "virtual-machine" },
] as const;

function splitImages(metadata: StreamItem, all: StreamItem[]): Files[] {
  if (metadata.ftype !== "incus.tar.xz" && metadata.ftype !== "lxd.tar.xz") return [];
  return roots.flatMap(({ ftype, key, type }) => {
    const root = all.find((item) => item.ftype === ftype);
    const fingerprint = metadata[key] ?? (key === "combined_rootxz_sha256" ? metadata["combined_sha256"] : undefined);
    if (root === undefined || typeof fingerprint !== "string" || fingerprint === "") return [];
    return [{ fingerprint, type, files: { main: metadata, root }, form: ftype }];
  });
}

interface Version {
  product: StreamProduct;
  name: string;
  label: string;
}

function describe({ form, ...found }: Files, { product, name, label }: Version): StreamImage {
  const { os, release, release_title: title, variant, version, support_eol: end } = product;
  const architecture = architectures[product.arch] ?? product.arch;
  const texts = { os, release, version, architecture, label, serial: name, variant, type: form };
  const description = `${os} ${title || release} ${architecture} (${name})`;
  const requirements = product.lxd_requirements ?? product.requirements ?? {};
  const needed = Object.entries(requirements).map(([key, value]) => [`requirements.${key}`, value] as const);
  const known = Object.entries({ ...texts, description }).filter(([, value]) => value !== "");
  return {
    ...found,
    architecture,
    aliases: [],
    properties: Object.fromEntries([...known, ...needed]),
    public: true,
    sizeBytes: found.files.main.size + (found.files.root?.size ?? 0),
    createdAt: timeOf(name),
    uploadedAt: "",
    expiresAt: end === "" ? "" : `${end.slice(0, 10)}T00:00:00Z`,
  };
}

/** `20260102_0304` and longer; only the date is reliable. */
function timeOf(version: string): string {
  const [, year = "", month = "", day = "", hour = "00", minute = "00"] =
    /^(\d{4})(\d{2})(\d{2})(?:_(\d{2}):?(\d{2}))?/.exec(version) ?? [];
  return `${year}-${month}-${day}T${hour}:${minute}:00Z`;
}

/** Each alias also exists with the architecture as a suffix. */
function aliasesOf({ aliases, arch }: StreamProduct): Alias[] {
  const names = aliases.split(",").filter((name) => name !== "");
  return names.flatMap((name) => [name, `${name}/${arch}`]).map((name) => ({ name, description: "" }));
}

/** Maps the lists' Debian architecture names to the kernel names that the daemons use. */
const architectures: Record<string, string> = {
  amd64: "x86_64",
  i386: "i686",
  arm64: "aarch64",
  armhf: "armv7l",
  ppc64el: "ppc64le",
  loong64: "loongarch64",
};
