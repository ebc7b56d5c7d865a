// Parses the users of an object, as servers list them in `used_by`.

/** For example `/1.0/instances/vm?project=shop`. */
export interface User {
  /** `instances`, `profiles` or `images`. */
  collection: string;
  /** Includes slashes if the rest of the path has any, as for a volume in a pool. */
  name: string;
  project: string;
}

export function parseUser(url: string): User {
  const { pathname, searchParams } = new URL(url, "http://server");
  const [, , collection = "", ...name] = pathname.split("/").map(decodeURIComponent);
  return { collection, name: name.join("/"), project: searchParams.get("project") ?? "default" };
}
