// Builds request paths from names that may contain any character.

/** Joins percent-encoded segments: `path("storage-pools", pool, "volumes")`. */
export function path(...segments: string[]): string {
  return `/1.0/${segments.map(encodeSegment).join("/")}`;
}

export type Query = Record<string, string | undefined>;

/** Adds the parameters that have a value. */
export function withQuery(path: string, query: Query): string {
  const pairs = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return pairs.length === 0 ? path : `${path}?${new URLSearchParams(pairs).toString()}`;
}

/** `.` and `..` are possible names, but would be resolved if sent literally. */
function encodeSegment(segment: string): string {
  return segment === "." || segment === ".." ? segment.replaceAll(".", "%2E") : encodeURIComponent(segment);
}
