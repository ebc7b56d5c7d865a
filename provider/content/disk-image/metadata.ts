// Generates the metadata tarball of an image that has none, byte for byte identical for the same description.
import { dumpYaml } from "../../base/yaml";
import { describedProperties, type ImageDescription } from "./image-description";

const block = 512;

export const defaultArchitecture = "x86_64";

export function metadataTarball(description: ImageDescription): Buffer {
  const templates = Object.entries(description.templates ?? {}).sort(byKey);
  const files = templates.map(([, { content }], i) => file(`templates/${nameOf(i)}`, Buffer.from(content)));
  return Buffer.concat([
    file("metadata.yaml", Buffer.from(dumpYaml(metadataOf(description, templates)))),
    ...(files.length > 0 ? [header("templates/", 0), ...files] : []),
    Buffer.alloc(2 * block),
  ]);
}

type Templates = [string, NonNullable<ImageDescription["templates"]>[string]][];

function metadataOf(description: ImageDescription, templates: Templates): object {
  const { architecture = defaultArchitecture, creationDate, expiresAt, requirements = {} } = description;
  const properties = [
    ...describedProperties.map((key) => [key, description[key]] as const),
    ...Object.entries(requirements)
      .sort(byKey)
      .map(([key, value]) => [`requirements.${key}`, String(value)] as const),
  ].filter(([, value]) => value !== undefined);
  return {
    architecture,
    // The servers require a date, but that of the content is unknown, and the current time would change the image on
    // each run.
    creation_date: creationDate === undefined ? 1 : secondsOf(creationDate),
    ...(expiresAt !== undefined && { expiry_date: secondsOf(expiresAt) }),
    ...(properties.length > 0 && { properties: Object.fromEntries(properties) as object }),
    ...(templates.length > 0 && { templates: Object.fromEntries(templates.map(templateOf)) as object }),
  };
}

function templateOf([path, { when, createOnly }]: Templates[number], i: number): [string, object] {
  return [path, { when, ...(createOnly === true && { create_only: true }), template: nameOf(i) }];
}

function nameOf(i: number): string {
  return `${i}.tpl`;
}

function secondsOf(time: string): number {
  return Math.floor(Date.parse(time) / 1000);
}

/** Independent of the order in the program and of the locale. */
function byKey([one]: [string, unknown], [other]: [string, unknown]): number {
  return one < other ? -1 : 1;
}

function file(name: string, content: Buffer): Buffer {
  const padding = Buffer.alloc((block - (content.length % block)) % block);
  return Buffer.concat([header(name, content.length), content, padding]);
}

/** A ustar header; the name of a folder ends with a slash. */
function header(name: string, sizeBytes: number): Buffer {
  const isFolder = name.endsWith("/");
  const bytes = Buffer.alloc(block);
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, "0");
  const fields: [number, string][] = [
    [0, name],
    [100, octal(isFolder ? 0o755 : 0o644, 7)],
    [108, octal(0, 7)],
    [116, octal(0, 7)],
    [124, octal(sizeBytes, 11)],
    [136, octal(1, 11)],
    [148, " ".repeat(8)],
    [156, isFolder ? "5" : "0"],
    [257, "ustar"],
    [263, "00"],
  ];
  for (const [at, text] of fields) bytes.write(text, at, "latin1");
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${octal(sum, 6)}\0 `, 148, "latin1");
  return bytes;
}
