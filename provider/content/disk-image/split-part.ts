// One of the two files of a split image: a file of the program, or bytes that are generated.
import { Readable } from "node:stream";
import { sha256 } from "../../base/canonical";
import { type Opened } from "../content";
import { openSource, type SourceExpectation } from "../open-source";
import { recogniseFile } from "../recognition/local-file";
import { type Call, isOnWeb, sourceContent } from "../source-file";
import { isUnpackable } from "../unpack/unpackable";

export interface SplitPart {
  readonly fileName: string;
  /** Determines the bytes; usable as a file name. */
  readonly key: string;
  /** Undefined if it is known only after reading. */
  readonly sizeBytes: number | undefined;
  /** Whether the bytes can be read before they are sent. */
  readonly isHere: boolean;
  open(): Promise<Opened>;
}

export interface SplitImage {
  metadata: SplitPart;
  rootfs: SplitPart;
  isVirtualMachine: boolean;
}

/** A compressed file counts without its compression if the source expects that. */
export async function filePart(expected: SourceExpectation, call: Call): Promise<SplitPart> {
  const { file } = expected;
  const content = await sourceContent(file, call);
  const { fileName, digest, sizeBytes } = content;
  const key = digest.replace(/^sha256:/, "").replace(":", "-");
  if (isOnWeb(file)) {
    return { fileName, key, sizeBytes: undefined, isHere: false, open: () => openSource(content, expected) };
  }
  const isPacked = expected.isUnpacked === true && (await isCompressed(file));
  if (!isPacked) return { fileName, key, sizeBytes, isHere: true, open: () => content.open() };
  const open = () => openSource(content, expected);
  return { fileName, key: `unpacked-${key}`, sizeBytes: undefined, isHere: true, open };
}

async function isCompressed(path: string): Promise<boolean> {
  const found = await recogniseFile(path);
  return found.what === "compressed" && isUnpackable(found.by);
}

export function bytesPart(fileName: string, bytes: Buffer): SplitPart {
  const hex = sha256(bytes);
  const received = Promise.resolve({ sha256: hex, sizeBytes: bytes.length });
  return {
    fileName,
    key: hex,
    sizeBytes: bytes.length,
    isHere: true,
    open: () => Promise.resolve({ stream: Readable.from([bytes]), sizeBytes: bytes.length, received }),
  };
}

/** Undefined if one of the sizes is. */
export function sumOf(sizes: (number | undefined)[]): number | undefined {
  return sizes.reduce((sum, size) => (sum === undefined || size === undefined ? undefined : sum + size), 0);
}
