// Describes an image in a catalogue, as a product that the clients of both LXD and Incus understand.
import { type WireImage } from "../../provider/lxd/api/images";
import { LxdError } from "../../provider/base/errors";

export interface Described {
  /** The product's key in the catalogue. */
  key: string;
  product: { aliases: string; arch: string; [field: string]: unknown };
  type: string;
}

/** Debian's names, which image servers use, by the kernel's names, which LXD and Incus use. */
const architectures: Record<string, string> = {
  x86_64: "amd64",
  i686: "i386",
  aarch64: "arm64",
  armv7l: "armhf",
  armv6l: "armel",
  ppc64le: "ppc64el",
};

/** An image without aliases is available by its fingerprint only. */
export function describeImage(image: WireImage): Described {
  const aliases = (image.aliases ?? []).map(({ name }) => name).sort();
  const inList = aliases.find((name) => name.includes(","));
  if (inList !== undefined) throw cannotBeNamed(inList);
  const properties = image.properties ?? {};
  const arch = architectures[image.architecture] ?? image.architecture;
  const [name = image.fingerprint.slice(0, 12)] = aliases;
  const release = properties["release"] ?? "";
  const product = {
    aliases: aliases.join(","),
    arch,
    // Clients build an image's description from these two properties.
    os: properties["os"] ?? name,
    release,
    release_title: properties["release_title"] ?? release,
    ...pick(properties, ["version", "variant"]),
    ...endOfSupport(image.expires_at),
    requirements: requirements(properties),
  };
  return { key: `${name}:${arch}:${image.type}`, product, type: image.type };
}

function pick(properties: Record<string, string>, keys: string[]): Record<string, string> {
  return Object.fromEntries(keys.flatMap((key) => (properties[key] ? [[key, properties[key]]] : [])));
}

function requirements(properties: Record<string, string>): Record<string, string> {
  const prefix = "requirements.";
  const ours = Object.entries(properties).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(ours.map(([key, value]) => [key.slice(prefix.length), value]));
}

/** LXD and Incus write the year 1 or 1970 for "never". */
function endOfSupport(expiresAt: string): { support_eol?: string } {
  return Date.parse(expiresAt) > 0 ? { support_eol: expiresAt.slice(0, 10) } : {};
}

function cannotBeNamed(alias: string): LxdError {
  return new LxdError({
    code: "invalid-argument",
    why: `the alias "${alias}" has a comma, which separates aliases in a catalogue`,
    advice: "Rename that alias on the daemon.",
  });
}
