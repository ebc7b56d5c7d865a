// Lets work on one thing run one after the other: bringing an image, or deleting an object. Side by side, the daemons fail all
// but one.

interface Queue {
  /** The end of the last work that wanted the thing for itself. */
  alone: Promise<unknown>;
  /** The end of everything so far. */
  all: Promise<unknown>;
}

const queues = new Map<string, Queue>();
/** The first who brings an image that others only need, until the end of the process or its failure. */
const firsts = new Map<string, Promise<unknown>>();

/** Runs when all before it have ended. Everybody after it waits. */
export function queued<T>(key: unknown[], work: () => Promise<T>): Promise<T> {
  return queue(JSON.stringify(key), work, true);
}

/**
 * The first one runs alone, since it brings the image; those who come meanwhile wait for it, however it ends, and then
 * run side by side. `onWait` is called if there is such a first one.
 */
export async function afterFirst<T>(key: unknown[], onWait: () => void, work: () => Promise<T>): Promise<T> {
  const name = JSON.stringify(key);
  const first = firsts.get(name);
  if (first === undefined) {
    const mine = queue(name, work, true);
    // What has failed may be tried anew.
    firsts.set(
      name,
      mine.catch(() => firsts.delete(name)),
    );
    return mine;
  }
  onWait();
  await first;
  return queue(name, work, false);
}

function queue<T>(name: string, work: () => Promise<T>, isAlone: boolean): Promise<T> {
  const { alone, all } = queues.get(name) ?? { alone: Promise.resolve(), all: Promise.resolve() };
  const mine = (isAlone ? all : alone).then(work);
  // Whoever waits for this turn does not care how it ended.
  const ended = mine.catch(() => undefined);
  const next = isAlone ? { alone: ended, all: ended } : { alone, all: Promise.all([all, ended]) };
  queues.set(name, next);
  void next.all.then(() => queues.get(name) === next && queues.delete(name));
  return mine;
}
