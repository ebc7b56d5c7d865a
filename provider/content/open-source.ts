// Opens the file of a source, checks what it is before anybody receives any of it, and decompresses it.
import { type LxdError } from "../base/errors";
import { type Content, type Opened } from "./content";
import { recogniseOpened } from "./recognition/opened";
import { type Subject } from "./recognition/problems";
import { type SourceFile, sourcePlace } from "./source-file";
import { decompressed } from "./unpack/unpack";
import { isUnpackable } from "./unpack/unpackable";

export interface SourceExpectation {
  file: SourceFile;
  /** Whether what a file is can be what the source expects. */
  problemOf: (subject: Subject) => LxdError | undefined;
  /** Whether a compressed file is decompressed. Then its size is not known in advance. */
  isUnpacked?: boolean | undefined;
}

export async function openSource(content: Content, expected: SourceExpectation): Promise<Opened> {
  const first = await content.open();
  // The caller learns why the stream fails from the stream.
  first.received.catch(() => undefined);
  try {
    const { found, opened } = await recognised(first, expected);
    if (expected.isUnpacked !== true || found.what !== "compressed" || !isUnpackable(found.by)) return opened;
    const stream = decompressed(opened.stream, found.by);
    return (await recognised({ ...opened, stream, sizeBytes: undefined }, expected)).opened;
  } catch (error) {
    first.stream.destroy();
    throw error;
  }
}

async function recognised(content: Opened, { file, problemOf }: SourceExpectation): ReturnType<typeof recogniseOpened> {
  const { found, opened } = await recogniseOpened(content);
  const problem = problemOf({ ...sourcePlace(file), found, isStart: true, answer: opened.answer });
  if (problem !== undefined) throw problem;
  return { found, opened };
}
