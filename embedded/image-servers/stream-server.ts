// A simplestreams server as the daemons read it: the newest version of each product has the aliases.
import { failed, toDaemonError } from "../errors";
import type { Product } from "../product";
import type { Config, InstanceType } from "../store/records";
import { download } from "./fetch";
import { mapIn, placeOf, type PullSource, readJson, type RemoteImage, textIn } from "./remote-image";
import type { Readable } from "node:stream";

interface Candidate {
  image: RemoteImage;
  aliases: string[];
  version: string;
}

export async function findStreamImage(source: PullSource, product: Product): Promise<RemoteImage> {
  const all = await readAll(source, product).catch((error: unknown) => {
    throw failed(
      `Failed getting remote image info: Failed getting image: Failed parsing stream: ${toDaemonError(error).message}`,
    );
  });
  const { fingerprint, alias = "", imageType } = source;
  const matching = all
    .filter(({ image, aliases }) => (fingerprint ? image.fingerprint === fingerprint : aliases.includes(alias)))
    .filter(({ image }) => fingerprint || image.type === (imageType || "container"))
    .sort((a, b) => b.version.localeCompare(a.version));
  const [found] = matching;
  if (found !== undefined) return found.image;
  throw failed("Failed getting remote image info: Failed getting image: The requested image couldn't be found");
}

async function readAll(source: PullSource, product: Product): Promise<Candidate[]> {
  const index = await readJson(source, `${placeOf(source)}/streams/v1/index.json`);
  const entries = Object.values(mapIn(index, "index")).filter((each) => textIn(each, "datatype") === "image-downloads");
  const lists = await Promise.all(
    entries.map((each) => readJson(source, `${placeOf(source)}/${textIn(each, "path")}`)),
  );
  const products = lists.flatMap((list) => Object.values(mapIn(list, "products")));
  // Only images that this machine could run.
  return products
    .filter((each) => textIn(each, "arch") === "amd64")
    .flatMap((each) => candidates(source, each, product));
}

function candidates(source: PullSource, described: unknown, product: Product): Candidate[] {
  const names = textIn(described, "aliases").split(",");
  const aliases = names.flatMap((name) => [name, `${name}/amd64`]);
  return Object.entries(mapIn(described, "versions")).flatMap(([version, content]) => {
    const items = Object.values(mapIn(content, "items"));
    return imagesIn(source, items, product).map(({ properties, ...image }) => {
      const all = { ...propertiesOf(described, content, version), ...properties };
      return { version, aliases, image: { ...image, properties: all, expiresAt: expiryOf(described) } };
    });
  });
}

const roots: [string, string, InstanceType][] = [
  ["squashfs", "combined_squashfs_sha256", "container"],
  ["root.tar.xz", "combined_rootxz_sha256", "container"],
  ["disk-kvm.img", "combined_disk-kvm-img_sha256", "virtual-machine"],
];

function imagesIn(source: PullSource, items: unknown[], { kind }: Product): RemoteImage[] {
  const whole = items
    .filter((item) => textIn(item, "ftype") === `${kind}_combined.tar.gz`)
    .map((item) => ({
      fingerprint: textIn(item, "sha256"),
      type: "container" as const,
      properties: { type: "tar.gz" },
      files: () => filesOf(source, [item]),
    }));
  const metadata = items.find((item) => textIn(item, "ftype") === `${kind}.tar.xz`);
  const split = roots.flatMap(([ftype, key, type]) => {
    const root = items.find((item) => textIn(item, "ftype") === ftype);
    const fingerprint = textIn(metadata, key);
    if (root === undefined || fingerprint === "") return [];
    return [{ fingerprint, type, properties: { type: ftype }, files: () => filesOf(source, [metadata, root]) }];
  });
  return [...split, ...whole];
}

async function* filesOf(source: PullSource, items: unknown[]): AsyncGenerator<Readable, void> {
  for (const item of items) {
    yield await download(`${placeOf(source)}/${textIn(item, "path")}`, { certificate: source.certificate });
  }
}

function propertiesOf(described: unknown, content: unknown, serial: string): Config {
  const text = (key: string): string => textIn(described, key);
  const label = textIn(content, "label");
  const description = `${text("os")} ${text("release_title")} amd64${label && ` (${label})`} (${serial})`;
  const [os, release, version, variant] = ["os", "release", "version", "variant"].map(text) as [
    string,
    string,
    string,
    string,
  ];
  const named = { os, release, version, architecture: "amd64", label, serial, description, variant };
  const needed = Object.entries(mapIn(described, "requirements")).map(([key, value]) => [`requirements.${key}`, value]);
  return Object.fromEntries([...Object.entries(named).filter(([, value]) => value !== ""), ...needed]) as Config;
}

function expiryOf(described: unknown): string | undefined {
  const end = textIn(described, "support_eol");
  return end === "" ? undefined : `${end}T00:00:00Z`;
}
