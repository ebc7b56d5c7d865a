// Lets work that would bring the same image run one after the other: side by side, the daemons fail all but one.

const turns = new Map<string, Promise<unknown>>();

export async function inTurn<T>(key: unknown[], work: () => Promise<T>): Promise<T> {
  const name = JSON.stringify(key);
  const before = turns.get(name) ?? Promise.resolve();
  const mine = before.then(work);
  // Whoever waits for this turn does not care how it ended.
  const ended = mine.catch(() => undefined);
  turns.set(name, ended);
  void ended.then(() => turns.get(name) === ended && turns.delete(name));
  return mine;
}
