// Validates the source { urls, checksum } without making requests.
import { LxdError } from "../../base/errors";
import { parseChecksum, type WrittenChecksum } from "./checksum";
import { parseSourceUrl } from "./source-url";

export interface UrlProblem {
  /** The invalid input: the checksum, or the URL at this index. */
  at: "checksum" | number;
  error: LxdError;
}

/** All problems at once, for a preview; empty if there are none. Does not check whether the servers respond. */
export function urlProblems(source: { urls: readonly string[]; checksum: WrittenChecksum | undefined }): UrlProblem[] {
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
