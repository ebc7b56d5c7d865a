// Lets work that the engine calls for side by side run one after the other, where it is about one thing.
const ends = new Map<string, Promise<unknown>>();

/** Begins when all work of that name that was called for before has ended, however it did. */
export function oneByOne<T>(name: string, work: () => Promise<T>): Promise<T> {
  const mine = (ends.get(name) ?? Promise.resolve()).then(work);
  const end: Promise<unknown> = mine.catch(() => undefined);
  ends.set(name, end);
  void end.then(() => ends.get(name) === end && ends.delete(name));
  return mine;
}
