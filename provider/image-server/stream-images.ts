// Converts products of a simplestreams list to images, by the same rules as the daemons.
import { canonicalArchitecture } from "../base/architectures";
import { type Alias } from "../lxd/api/images";
import { type Product } from "../lxd/client/discovery/server-info";
import { type ServedImage } from "./types";
import { type StreamItem, type StreamProduct } from "./streams";

export interface StreamImage extends ServedImage {
  /** A unified tarball, or metadata and root. */
  files: { main: StreamItem; root?: StreamItem | undefined };
  /** The products whose daemons can pull it. */
  pulledBy: readonly Product[];
}

/** For each daemon, the aliases point to the newest version of a product that it can pull. */
export function imagesOf(product: StreamProduct): StreamImage[] {
  const versions = Object.keys(product.versions).filter((name) => /^\d{8}/.test(name));
  const images = versions
    .sort()
    .reverse()
    .flatMap((name) => imagesOfVersion(product, name));
  const aliases = aliasesOf(product);
  const isNewest = (image: StreamImage): boolean =>
    image.pulledBy.some(
      (daemon) => image === images.find((each) => each.type === image.type && each.pulledBy.includes(daemon)),
    );
  return images.map((image) => (isNewest(image) ? { ...image, aliases } : image));
}

/** A version offers the same image in several forms, ordered by preference, and some in a form for each product. */
function imagesOfVersion(product: StreamProduct, name: string): StreamImage[] {
  const { items = {}, label = "" } = product.versions[name] ?? {};
  const all = Object.keys(items)
    .sort()
    .flatMap((key) => items[key] ?? []);
  const forms = daemons.flatMap((daemon) => [
    ...all.flatMap((item) => splitImages(item, all, daemon)),
    ...all.flatMap((item) => wholeImage(item, daemon)),
  ]);
  const found = new Map<string, StreamImage>();
  for (const form of forms) {
    const known = found.get(form.fingerprint);
    const image = known ?? { ...describe(form, { product, name, label }), pulledBy: [] };
    found.set(form.fingerprint, { ...image, pulledBy: [...image.pulledBy, form.daemon] });
  }
  return [...found.values()];
}

/** Each product pulls only the items that are made for it, and LXD prefers its own key for requirements. */
const daemons: readonly Product[] = ["incus", "lxd"];

type Files = Pick<StreamImage, "fingerprint" | "type" | "files"> & { form: string; daemon: Product };

function wholeImage(item: StreamItem, daemon: Product): Files[] {
  if (item.ftype !== `${daemon}_combined.tar.gz` || item.sha256 === "") return [];
  return [{ fingerprint: item.sha256, type: "container", files: { main: item }, form: "tar.gz", daemon }];
}

/** Root formats in order of preference, with the metadata key of the combined hash. */
const roots = [
  { ftype: "squashfs", key: "combined_squashfs_sha256", type: "container" },
  { ftype: "root.tar.xz", key: "combined_rootxz_sha256", type: "container" },
  { ftype: "disk-kvm.img", key: "combined_disk-kvm-img_sha256", type: "virtual-machine" },
  { ftype: "uefi1.img", key: "combined_uefi1-img_sha256", type: "virtual-machine" },
  { ftype: "disk1.img", key: "combined_disk1-img_sha256", type: "virtual-machine" },
] as const;

function splitImages(metadata: StreamItem, all: StreamItem[], daemon: Product): Files[] {
  if (metadata.ftype !== `${daemon}.tar.xz`) return [];
  return roots.flatMap(({ ftype, key, type }) => {
    const root = all.find((item) => item.ftype === ftype);
    const fingerprint = metadata[key] || (key === "combined_rootxz_sha256" ? metadata["combined_sha256"] : undefined);
    if (root === undefined || typeof fingerprint !== "string" || fingerprint === "") return [];
    return [{ fingerprint, type, files: { main: metadata, root }, form: ftype, daemon }];
  });
}

interface Version {
  product: StreamProduct;
  name: string;
  label: string;
}

/** The properties that the daemon gives to the image when it pulls it. */
function describe({ form, daemon, ...found }: Files, { product, name, label }: Version): Omit<StreamImage, "pulledBy"> {
  const { os, release, release_title: title, variant, version, support_eol: end, arch } = product;
  const texts = { os, release, version, architecture: arch, label, serial: name, variant, type: form };
  const description = `${os} ${title} ${arch}${label === "" ? "" : ` (${label})`} (${name})`;
  const requirements = (daemon === "lxd" ? product.lxd_requirements : undefined) ?? product.requirements ?? {};
  const needed = Object.entries(requirements).map(([key, value]) => [`requirements.${key}`, value] as const);
  const known = Object.entries({ ...texts, description }).filter(([, value]) => value !== "");
  return {
    ...found,
    architecture: canonicalArchitecture(arch),
    aliases: [],
    properties: Object.fromEntries([...known, ...needed]),
    public: true,
    sizeBytes: found.files.main.size + (found.files.root?.size ?? 0),
    createdAt: timeOf(name),
    uploadedAt: "",
    expiresAt: end === "" ? "" : `${end.slice(0, 10)}T00:00:00Z`,
    ...{ lastUsedAt: "", cached: false, autoUpdate: false, profiles: [] },
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
