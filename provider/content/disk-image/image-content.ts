// The bytes of an image as uploaded: one tarball, or metadata and root file system as two parts of a form.
import { type Opened } from "../content";
import { openSource, type SourceExpectation } from "../open-source";
import { type Call, isOnWeb, sourceContent } from "../source-file";

export interface ImageBody extends Opened {
  contentType: string;
}

export interface ImageContent {
  /** SHA-256 of all bytes, the daemons' identity of an image; undefined if it is known only after reading. */
  readonly fingerprint: string | undefined;
  readonly fileName: string;
  /** `fileName`: the name that the daemon stores. */
  open(fileName: string): Promise<ImageBody>;
  /** Deletes the files generated for the image. */
  dispose?: () => Promise<void>;
}

const prefix = "sha256:";

/** A unified image. Of a download with a checksum of another algorithm, the fingerprint is known only after reading. */
export async function tarballContent(expected: SourceExpectation, call: Call): Promise<ImageContent> {
  const { file } = expected;
  const content = await sourceContent(file, call);
  const { digest, fileName } = content;
  return {
    fingerprint: digest.startsWith(prefix) ? digest.slice(prefix.length) : undefined,
    fileName,
    open: async () => ({
      ...(isOnWeb(file) ? await openSource(content, expected) : await content.open()),
      contentType: "application/octet-stream",
    }),
  };
}
