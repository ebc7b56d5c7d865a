// Concurrency primitives: semaphore, limited map, queues by key, and single flight.

/** Lets a limited number of callers in; others wait in first-come order. */
export class Semaphore {
  readonly #waiting: (() => void)[] = [];

  constructor(private free: number) {}

  /**
   * Resolves with the function that leaves; calling it more than once is harmless. Calls `onWait` if it has to wait.
   */
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

/** Maps items to results in the same order, working on at most `limit` items at a time. */
export async function mapLimited<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const semaphore = new Semaphore(limit);
  return Promise.all(items.map((item, i) => semaphore.run(() => work(item, i))));
}

/** Runs work once for all callers that request it at the same time. */
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
  /** Settles when the last exclusive work for this key has ended. */
  exclusive: Promise<unknown>;
  /** Settles when all work so far has ended. */
  all: Promise<unknown>;
}

const queues = new Map<string, Queue>();
/** The first caller for each key, kept until the process ends or the work fails. */
const firsts = new Map<string, Promise<unknown>>();

/**
 * Runs the work after all earlier work for the key has ended, and makes all later work wait. For operations on one
 * object that servers reject when they run concurrently, such as pulling an image or deleting.
 */
export function queued<T>(key: unknown[], work: () => Promise<T>): Promise<T> {
  return enqueue(JSON.stringify(key), work, true);
}

/**
 * Runs the first caller alone, because it pulls the image. Callers that arrive meanwhile wait for it, even if it fails,
 * and then run concurrently. Calls `onWait` if there is such a first caller.
 */
export async function afterFirst<T>(key: unknown[], onWait: () => void, work: () => Promise<T>): Promise<T> {
  const name = JSON.stringify(key);
  const first = firsts.get(name);
  if (first === undefined) {
    const mine = enqueue(name, work, true);
    // After a failure, the next caller may try again.
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
  // Waiting callers do not care how the first one ended.
  const ended = mine.catch(() => undefined);
  const next = isExclusive ? { exclusive: ended, all: ended } : { exclusive, all: Promise.all([all, ended]) };
  queues.set(name, next);
  void next.all.then(() => queues.get(name) === next && queues.delete(name));
  return mine;
}
