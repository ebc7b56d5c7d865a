// Finds, parses and validates an image's metadata.yaml.
import { failed } from "../errors";
import type { Config, InstanceType } from "../store/records";
import { detectFormat } from "./decompress";
import { scanTar } from "./tar";

export interface ImageMetadata {
  architecture: string;
  createdAt: string;
  expiresAt: string | undefined;
  /** Undefined if the metadata has no such map, which differs from an empty one. */
  properties: Config | undefined;
}

/** The kernel's names of architectures, with the aliases permitted in metadata. */
const ARCHITECTURES: Record<string, readonly string[]> = {
  x86_64: ["amd64"],
  i686: ["i386", "386", "x86"],
  aarch64: ["arm64"],
  armv7l: ["armhf", "armv7"],
  ppc64le: ["ppc64el"],
  s390x: [],
  riscv64: [],
  loongarch64: ["loong64"],
};

/** The canonical name of an architecture; throws the daemons' 500 if unknown. */
export function canonicalArchitecture(name: string): string {
  const found = Object.entries(ARCHITECTURES).find(([key, aliases]) => key === name || aliases.includes(name));
  if (found === undefined) throw failed(`Architecture isn't supported: ${name}`);
  return found[0];
}

/** A YAML scalar without quotes and trailing comment. */
function scalar(text: string): string {
  const quoted = /^(["'])(.*)\1\s*(#.*)?$/.exec(text);
  return quoted?.[2] ?? text.replace(/\s+#.*$/, "").trim();
}

type Level = Record<string, string | Config>;

/**
 * The YAML subset of image metadata: scalars at the top level, and maps of scalars one level below. Also parses JSON.
 */
function parseYaml(text: string): Level {
  if (text.trimStart().startsWith("{")) return JSON.parse(text) as Level;
  const result: Level = {};
  let inner: Config | undefined;
  for (const line of text.split("\n")) {
    const match = /^( *)("[^"]+"|'[^']+'|[^\s:#-][^:]*):(?:\s+(.*))?$/.exec(line.trimEnd());
    if (match === null) continue;
    const key = scalar(match[2] ?? "");
    const value = match[3] ?? "";
    if (match[1] !== "") {
      if (inner && value !== "") inner[key] = scalar(value);
    } else if (value === "" || value === "{}") result[key] = inner = {};
    else [result[key], inner] = [scalar(value), undefined];
  }
  return result;
}

const secondsToTime = (seconds: number): string => `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;

export function parseMetadata(text: string): ImageMetadata {
  const values = parseYaml(text);
  const creation = Number(values["creation_date"] ?? 0);
  if (!(creation > 0)) throw failed("Missing creation date");
  const { architecture: name } = values;
  const architecture = canonicalArchitecture(typeof name === "string" ? name : "");
  const expiry = Number(values["expiry_date"] ?? 0);
  const { properties } = values;
  return {
    architecture,
    createdAt: secondsToTime(creation),
    expiresAt: expiry > 0 ? secondsToTime(expiry) : undefined,
    properties: typeof properties === "object" ? properties : undefined,
  };
}

export interface TarballContents {
  metadata: ImageMetadata;
  /** The instance type of the tarball; undefined if it contains no root file system. */
  type: InstanceType | undefined;
}

/** Reads a tarball until both metadata and root were found, or to its end. */
export async function readTarball(path: string): Promise<TarballContents> {
  const format = await detectFormat(path);
  let yaml: string | undefined;
  let type: InstanceType | undefined;
  const stream = format.open(path);
  await scanTar(stream, async (entry, read) => {
    const name = entry.path.replace(/^\.\//, "");
    if (name === "metadata.yaml") yaml = (await read()).toString("utf8");
    else if (name === "rootfs.img") type = "virtual-machine";
    else if (name.startsWith("rootfs/") || name === "rootfs") type ??= "container";
    return yaml !== undefined && type !== undefined;
  });
  stream.destroy();
  if (yaml === undefined) throw failed("Metadata tarball is missing metadata.yaml");
  return { metadata: parseMetadata(yaml), type };
}
