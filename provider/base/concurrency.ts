// How much runs at the same time: semaphores, limited maps, queues by key, and one flight for all who want the same.

/** Lets a number of callers in; the others wait in the order in which they came. */
export class Semaphore {
  readonly #waiting: (() => void)[] = [];

  constructor(private free: number) {}

  /** Resolves with the function that leaves, which may be called more than once. `onWait` is called if it is full. */
  async enter(onWait?: () => void): Promise<() => void> {
    if (this.free > 0) this.free -= 1;
    else {
      onWait?.();
      await new Promise<void>((enter) => this.#waiting.push(enter));
    }
    let isInside = true;
    return () => {
      if (!isInside) return;
      isInside = false;
      const next = this.#waiting.shift();
      if (next === undefined) this.free += 1;
      else next();
    };
  }

  async run<T>(work: () => Promise<T>, onWait?: () => void): Promise<T> {
    const leave = await this.enter(onWait);
    try {
      return await work();
    } finally {
      leave();
    }
  }
}

/** Results in the order of the items, of which no more than `limit` are worked on at the same time. */
export async function mapLimited<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const semaphore = new Semaphore(limit);
  return Promise.all(items.map((item, i) => semaphore.run(() => work(item, i))));
}

/** Work that several callers want at the same time is done once for all of them. */
export class SingleFlight<T> {
  readonly #running = new Map<string, Promise<T>>();

  run(key: string, work: () => Promise<T>): Promise<T> {
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    const started = work().finally(() => this.#running.delete(key));
    this.#running.set(key, started);
    return started;
  }
}

interface Queue {
  /** The end of the last work that wanted the key for itself. */
  exclusive: Promise<unknown>;
  /** The end of everything so far. */
  all: Promise<unknown>;
}

const queues = new Map<string, Queue>();
/** The first who pulls an image that others only need, until the end of the process or its failure. */
const firsts = new Map<string, Promise<unknown>>();

/**
 * Runs when all before it have ended, and everybody after it waits: for work on one object, such as pulling an image or
 * deleting, of which servers fail all but one when it runs side by side.
 */
export function queued<T>(key: unknown[], work: () => Promise<T>): Promise<T> {
  return enqueue(JSON.stringify(key), work, true);
}

/**
 * The first caller runs alone, since it pulls the image; those who come meanwhile wait for it, however it ends, and then
 * run side by side. `onWait` is called if there is such a first one.
 */
export async function afterFirst<T>(key: unknown[], onWait: () => void, work: () => Promise<T>): Promise<T> {
  const name = JSON.stringify(key);
  const first = firsts.get(name);
  if (first === undefined) {
    const mine = enqueue(name, work, true);
    // What has failed may be tried again.
    firsts.set(
      name,
      mine.catch(() => firsts.delete(name)),
    );
    return mine;
  }
  onWait();
  await first;
  return enqueue(name, work, false);
}

function enqueue<T>(name: string, work: () => Promise<T>, isExclusive: boolean): Promise<T> {
  const { exclusive, all } = queues.get(name) ?? { exclusive: Promise.resolve(), all: Promise.resolve() };
  const mine = (isExclusive ? all : exclusive).then(work);
  // Whoever waits for this one does not care how it ended.
  const ended = mine.catch(() => undefined);
  const next = isExclusive ? { exclusive: ended, all: ended } : { exclusive, all: Promise.all([all, ended]) };
  queues.set(name, next);
  void next.all.then(() => queues.get(name) === next && queues.delete(name));
  return mine;
}
