// A URL as it may appear in messages: without credentials, and without what its query may carry.

/**
 * `https://user:pw@host/a.iso?token=x#y` → `https://host/a.iso?…`.
 *
 * Signed links carry their token in the query, so all of it is left out.
 */
export function redactedUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}${url.search === "" ? "" : "?…"}`;
}

/** The same for text that is no URL, where nothing can be relied on: cut at the first sign of a query or of credentials. */
export function redactedText(text: string): string {
  const bare = text.replace(/^([a-z][a-z0-9+.-]*:)?(\/*)[^/]*@/i, "$1$2…@");
  return bare.replace(/[?#].*$/s, "?…");
}
