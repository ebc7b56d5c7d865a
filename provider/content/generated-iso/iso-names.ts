// Names for readers that support neither Joliet nor Rock Ridge: upper-case ASCII, unique within the folder.
import { type IsoNode } from "./tree";

/** ECMA-119 level 2: the length of a file's name and extension together, and of a folder's name. */
const fileMax = 30;
const folderMax = 31;
const extensionMax = 8;

interface Parts {
  base: string;
  /** Including the dot, or empty. */
  extension: string;
  max: number;
}

/** The identifiers of the children of one folder. Names that fit are only converted to upper case. */
export function isoIdentifiers(children: readonly IsoNode[]): Map<IsoNode, string> {
  const taken = new Set<string>();
  // Avoids a search from 1 for each of thousands of similar names.
  const numbers = new Map<string, number>();
  return new Map(
    children.map((node) => {
      const parts = node.kind === "file" ? fileParts(node.name) : folderParts(node.name);
      const name = unique(parts, taken, numbers);
      taken.add(name);
      return [node, node.kind === "file" ? fileIdentifier(name) : name];
    }),
  );
}

/** A file name always has a dot and a version (ECMA-119 7.5.1). */
function fileIdentifier(name: string): string {
  return `${name}${name.includes(".") ? "" : "."};1`;
}

function fileParts(name: string): Parts {
  const dot = name.lastIndexOf(".");
  if (dot <= 0) return { base: plain(name), extension: "", max: fileMax };
  const extension = plain(name.slice(dot + 1)).slice(0, extensionMax);
  return { base: plain(name.slice(0, dot)), extension: `.${extension}`, max: fileMax - extension.length };
}

function folderParts(name: string): Parts {
  return { base: plain(name), extension: "", max: folderMax };
}

function plain(text: string): string {
  return text.toUpperCase().replace(/[^A-Z0-9_]/g, "_");
}

function unique({ base, extension, max }: Parts, taken: ReadonlySet<string>, numbers: Map<string, number>): string {
  const first = `${base.slice(0, max)}${extension}`;
  if (!taken.has(first)) return first;
  for (let number = (numbers.get(first) ?? 0) + 1; ; number += 1) {
    const suffix = `_${number}`;
    const name = `${base.slice(0, max - suffix.length)}${suffix}${extension}`;
    if (taken.has(name)) continue;
    numbers.set(first, number);
    return name;
  }
}
