// A static simplestreams tree, served over TLS by a web server of the test: both daemons and the provider read it.
import { createHash } from "node:crypto";
import { createServer, type Server } from "node:https";
import { type AddressInfo } from "node:net";

import { selfSigned } from "../../unit/content/url/certificate";
import { tinyImage, tinySplitImage } from "../harness";

const sha256 = (...parts: Buffer[]): string => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
};

export interface StreamedImage {
  fingerprint: string;
  sizeBytes: number;
}

interface Adding {
  alias: string;
  /** `20260102_0304` */
  version?: string;
  type?: "container" | "virtual-machine";
  arch?: string;
  /** In its metadata; another is another image. */
  properties?: Record<string, string>;
  isUnified?: boolean;
  /** Offers it in the form for one product only. */
  only?: "incus" | "lxd";
  /** More fields of the product. */
  product?: Record<string, string>;
  label?: string;
}

type Items = Record<string, object>;

interface Product {
  versions: Record<string, { items: Items; label?: string }>;
  [field: string]: unknown;
}

export class StreamsSite {
  readonly files = new Map<string, Buffer>();
  /** What was asked for, in order. */
  readonly requests: string[] = [];
  readonly certificate: string;
  readonly #products: Record<string, Product> = {};
  readonly #server: Server;

  constructor() {
    const { cert, key } = selfSigned();
    this.certificate = cert;
    this.#server = createServer({ cert, key }, (request, response) => {
      const path = decodeURI(request.url ?? "");
      this.requests.push(`${request.method ?? ""} ${path}`);
      const bytes = this.files.get(path.replace(/^\//, ""));
      response.statusCode = bytes === undefined ? 404 : 200;
      response.setHeader("Content-Length", bytes?.length ?? 0);
      response.end(request.method === "HEAD" ? undefined : bytes);
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** A folder of its own for each test: the daemons remember an index for an hour. */
  url(folder = ""): string {
    const { port } = this.#server.address() as AddressInfo;
    return `https://127.0.0.1:${port}${folder === "" ? "" : `/${folder}`}`;
  }

  /** Adds an image to the tree in a folder. */
  add(folder: string, adding: Adding): StreamedImage {
    const { alias, version = "20260102_0304", type = "container", arch = "amd64", properties = {} } = adding;
    const id = `${folder}:${alias}:${arch}`;
    const product: Product = (this.#products[id] ??= {
      ...{ aliases: `${alias},${alias}/default`, arch, os: "Tiny", release: "one", release_title: "One" },
      ...{ variant: "default", requirements: { secureboot: "false" }, lxd_requirements: { secureboot: "false" } },
      ...{ ...adding.product, versions: {} },
    });
    const { label, only } = adding;
    const { items } = (product.versions[version] ??= { items: {}, ...(label !== undefined && { label }) });
    const added = adding.isUnified === true ? this.#unified(folder, properties) : this.#split(folder, type, properties);
    // A container and a machine of one version have their metadata in common.
    for (const [key, item] of Object.entries(added.items)) {
      const isOther = only !== undefined && key.startsWith(only === "lxd" ? "incus" : "lxd");
      if (!isOther) items[key] = { ...items[key], ...item };
    }
    this.#write(folder);
    const { fingerprint, sizeBytes } = added;
    return { fingerprint, sizeBytes };
  }

  #unified(folder: string, properties: Record<string, string>): StreamedImage & { items: Items } {
    const bytes = tinyImage({ properties });
    const item = this.#file(folder, bytes);
    const items = {
      "incus_combined.tar.gz": { ...item, ftype: "incus_combined.tar.gz" },
      "lxd_combined.tar.gz": { ...item, ftype: "lxd_combined.tar.gz" },
    };
    return { fingerprint: sha256(bytes), sizeBytes: bytes.length, items };
  }

  #split(
    folder: string,
    type: "container" | "virtual-machine",
    properties: Record<string, string>,
  ): StreamedImage & { items: Items } {
    const { metadata, rootfs } = tinySplitImage({ type, properties });
    const fingerprint = sha256(metadata, rootfs);
    const isVm = type === "virtual-machine";
    const combined = { [isVm ? "combined_disk-kvm-img_sha256" : "combined_squashfs_sha256"]: fingerprint };
    const main = { ...this.#file(folder, metadata), ...combined };
    const items = {
      "incus.tar.xz": { ...main, ftype: "incus.tar.xz" },
      "lxd.tar.xz": { ...main, ftype: "lxd.tar.xz" },
      [isVm ? "disk.qcow2" : "root.squashfs"]: {
        ...this.#file(folder, rootfs),
        ftype: isVm ? "disk-kvm.img" : "squashfs",
      },
    };
    return { fingerprint, sizeBytes: metadata.length + rootfs.length, items };
  }

  #file(folder: string, bytes: Buffer): object {
    const path = `files/${sha256(bytes).slice(0, 16)}.bin`;
    this.files.set(`${folder}/${path}`, bytes);
    return { path, sha256: sha256(bytes), size: bytes.length };
  }

  #write(folder: string): void {
    const own = Object.entries(this.#products).filter(([id]) => id.startsWith(`${folder}:`));
    const entry = { datatype: "image-downloads", path: "streams/v1/images.json", format: "products:1.0" };
    const index = { format: "index:1.0", index: { images: { ...entry, products: own.map(([id]) => id) } } };
    const products = { content_id: "images", format: "products:1.0", products: Object.fromEntries(own) };
    this.files.set(`${folder}/streams/v1/index.json`, Buffer.from(JSON.stringify(index)));
    this.files.set(`${folder}/streams/v1/images.json`, Buffer.from(JSON.stringify(products)));
  }
}
