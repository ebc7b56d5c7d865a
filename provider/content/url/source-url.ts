// Parses and validates the URL of a download.
import { LxdError } from "../../base/errors";
import { redactedText, redactedUrl } from "./redacted-url";

/** Parses a URL; throws `invalid-argument` if it is not valid for a download. */
export function parseSourceUrl(text: string): URL {
  if (!URL.canParse(text)) {
    throw new LxdError({
      code: "invalid-argument",
      why: `${JSON.stringify(redactedText(text))} is not a URL`,
      advice: "Use a complete URL, such as https://example.org/images/server.iso.",
    });
  }
  const url = new URL(text);
  if (url.protocol === "https:" || url.protocol === "http:") return url;
  throw new LxdError({
    code: "invalid-argument",
    why: `${url.protocol}// is not supported; only https:// and http:// are`,
    advice: url.protocol === "file:" ? "For a local file use the source { file } instead." : undefined,
  });
}

/** The decoded file name in a URL; undefined if the path has none. */
export function fileNameOf(url: URL): string | undefined {
  const segments = pathSegments(url);
  const name = segments[segments.length - 1];
  return name === "" ? undefined : name;
}

/** The path of a URL in decoded segments. */
export function pathSegments(url: URL): string[] {
  return url.pathname.split("/").map(decoded);
}

/** Percent-decoded; a stray `%` is legal in a URL and stands for itself. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Formats several URLs for a message, redacted. */
export function redactedUrls(urls: readonly URL[]): string {
  return urls.map(redactedUrl).join(", ");
}
