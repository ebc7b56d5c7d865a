// Redacts URLs for messages: removes credentials and the query.

/**
 * `https://user:pw@host/a.iso?token=x#y` → `https://host/a.iso?…`.
 *
 * Signed links contain their token in the query, so the whole query is removed.
 */
export function redactedUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}${url.search === "" ? "" : "?…"}`;
}

/** The same for text that may not be a valid URL: cut at the first sign of a query or credentials. */
export function redactedText(text: string): string {
  const bare = text.replace(/^([a-z][a-z0-9+.-]*:)?(\/*)[^/]*@/i, "$1$2…@");
  return bare.replace(/[?#].*$/s, "?…");
}
