// A local file as one of the two files of a split image.
import { filePart, type SplitPart } from "../../../provider/content/disk-image/split-part";

export function partOf(file: string): Promise<SplitPart> {
  const call = { status: () => undefined, signal: new AbortController().signal };
  return filePart({ file, problemOf: () => undefined }, call);
}
