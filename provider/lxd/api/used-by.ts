// What uses an object, as servers list it in `used_by`.

/** `/1.0/instances/vm?project=shop` */
export interface User {
  /** `instances`, `profiles`, `images`. */
  collection: string;
  /** With its slashes, where what follows has some: the volume of a pool. */
  name: string;
  project: string;
}

export function parseUser(url: string): User {
  const { pathname, searchParams } = new URL(url, "http://server");
  const [, , collection = "", ...name] = pathname.split("/").map(decodeURIComponent);
  return { collection, name: name.join("/"), project: searchParams.get("project") ?? "default" };
}
