// Values that are made when they are first used.

/** Returns a function that makes a value at its first call and returns the same one at each later call. */
export function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
