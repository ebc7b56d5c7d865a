// Finds, parses and validates an image's metadata.yaml.
import { FAILSAFE_SCHEMA, safeLoad } from "js-yaml";
import { failed } from "../errors";
import { type Config, type InstanceType, NEVER } from "../store/records";
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

type Values = Record<string, unknown>;

/** The first document, as maps and scalars. */
function parseYaml(text: string): Values {
  let parsed: unknown;
  try {
    parsed = safeLoad(text, { json: true });
  } catch (error) {
    throw failed(`yaml: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (parsed === undefined || parsed === null) throw failed("EOF");
  if (!isMap(parsed)) throw mismatch(parsed, "api.ImageMetadata");
  return parsed;
}

function isMap(value: unknown): value is Values {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function mismatch(value: unknown, wanted: string): Error {
  const tag = Array.isArray(value) ? "!!seq" : isMap(value) ? "!!map" : `!!str \`${String(value)}\``;
  return failed(`yaml: unmarshal errors: cannot unmarshal ${tag} into ${wanted}`);
}

/** Seconds since 1970; 0 if absent. A number in quotes is a text. */
function seconds(value: unknown): number {
  if (value === undefined || value === null) return 0;
  if (typeof value !== "number") throw mismatch(value, "int64");
  // A real Incus stores such a time, and can list no image of the project from then on.
  if (value > lastSecond) throw failed("a time after the year 9999 breaks a real daemon");
  return Math.trunc(value);
}

/** As far as it is known without how it was written. */
function textOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return String(value);
  throw mismatch(value, "string");
}

/** The daemons keep every scalar as it was written: `release: 3.20` is not 3.2. */
function propertiesOf(value: unknown, text: string): Config | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isMap(value)) throw mismatch(value, "map[string]string");
  const written = writtenProperties(text);
  const textAt = (key: string, each: unknown): string => {
    const found = written[key];
    return each !== null && typeof found === "string" ? found : textOf(each);
  };
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, textAt(key, each)]));
}

/** With scalars as texts, without merged keys; empty if that is not possible, as with a tag. */
function writtenProperties(text: string): Values {
  try {
    const parsed = safeLoad(text, { json: true, schema: FAILSAFE_SCHEMA });
    const properties = isMap(parsed) ? parsed["properties"] : undefined;
    return isMap(properties) ? properties : {};
  } catch {
    return {};
  }
}

/** The last second of the year 9999. */
const lastSecond = 253_402_300_799;

const secondsToTime = (seconds: number): string => `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;

export function parseMetadata(text: string): ImageMetadata {
  const values = parseYaml(text);
  const architecture = canonicalArchitecture(textOf(values["architecture"]));
  const [creation, expiry] = [seconds(values["creation_date"]), seconds(values["expiry_date"])];
  const properties = propertiesOf(values["properties"], text);
  if (creation === 0) throw failed("Missing creation date");
  return {
    architecture,
    createdAt: creation > 0 ? secondsToTime(creation) : NEVER,
    expiresAt: expiry > 0 ? secondsToTime(expiry) : undefined,
    properties,
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
