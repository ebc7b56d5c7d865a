// Everything that is wrong with the source { urls, checksum } as written, found without any request.
import { LxdError } from "../../base/errors";
import { parseChecksum } from "./checksum";
import { parseSourceUrl } from "./source-url";

export interface UrlProblem {
  /** The input that is wrong: the checksum, or the URL at this index. */
  at: "checksum" | number;
  error: LxdError;
}

/** All problems at once, for a preview; empty if there is none. Whether the servers answer is not known from it. */
export function urlProblems(source: { urls: readonly string[]; checksum: string | undefined }): UrlProblem[] {
  const urls = source.urls.map((url, index) => problem(index, () => parseSourceUrl(url)));
  return [...urls, problem("checksum", () => parseChecksum(source.checksum))].filter((found) => found !== undefined);
}

function problem(at: UrlProblem["at"], parse: () => unknown): UrlProblem | undefined {
  try {
    parse();
    return undefined;
  } catch (error) {
    return { at, error: LxdError.from(error) };
  }
}
