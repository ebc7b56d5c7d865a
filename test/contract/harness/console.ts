// Types on the serial console of a machine, as somebody at a terminal does.
import { setTimeout as sleep } from "node:timers/promises";
import { openConsole } from "../../../provider/lxd/api/instance/console";
import { Client } from "../../../provider/lxd/client/core/client";
import { UnixTransport } from "../../../provider/lxd/client/transport/unix-transport";

/** Presses Enter every now and then until something has ended, and returns what it has come to. */
export async function pressEnterUntil<T>(
  ended: Promise<T>,
  socket: string,
  at: { project: string; name: string },
): Promise<T> {
  const over = new AbortController();
  const watched = ended.finally(() => over.abort());
  watched.catch(() => undefined);
  while (!over.signal.aborted) {
    // One that is off has no console, and one that has not come so far yet hears nothing.
    await pressEnter(socket, at).catch(() => undefined);
    await sleep(500, undefined, { signal: over.signal }).catch(() => undefined);
  }
  return watched;
}

async function pressEnter(socket: string, at: { project: string; name: string }): Promise<void> {
  const console = await openConsole(new Client(new UnixTransport(socket)), at, () => undefined);
  console.type("\r");
  await console.close();
}
