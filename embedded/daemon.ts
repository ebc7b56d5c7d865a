// Assembles the daemon from its parts, starts it on a socket and stops it.
import { dirname } from "node:path";

import { Copies } from "./copies";
import { makeFolder } from "./folder";
import { Events } from "./operations/events";
import { Guests } from "./guest/guests";
import { createHttpServer, type HttpServer } from "./http/server";
import { claimDir, claimSocket } from "./lock";
import { Operations } from "./operations/operations";
import { completeOptions, type EmbeddedDaemonOptions, type Settings } from "./options";
import { routes } from "./routes";
import { seed } from "./store/seed";
import { Store } from "./store/store";
import { type Daemon } from "./context";

/** A running daemon. */
export interface EmbeddedDaemon {
  /** Path of the Unix socket on which it listens. */
  readonly socket: string;
  /** Its state folder. */
  readonly dir: string;
  /** Stops listening, waits for running operations and releases the folder; the state is kept. */
  stop(): Promise<void>;
  /** Stops immediately, as on SIGKILL: connections break, running operations are lost, and copies remain incomplete. */
  kill(): Promise<void>;
}

/** Includes the guest operations reserved for the daemon itself. */
type Assembled = Daemon & { readonly guests: Guests };

function assemble(settings: Settings): Assembled {
  const store = new Store(settings.dir);
  seed(store, settings);
  const events = new Events();
  const operations = new Operations(events, settings.operationTtlMs);
  // LXD closes a console as soon as its client does; input that QEMU has not read by then is lost.
  const keyMs = settings.product.kind === "lxd" ? 50 : 0;
  const guests = new Guests({ store, events, bootMs: settings.guestBootMs, keyMs });
  const copies = new Copies(settings.copyMs);
  return { settings, store, events, operations, guests, copies, creating: new Set() };
}

/** The two ways to stop it. */
function endsOf(daemon: Assembled, { server, release }: { server: HttpServer; release: () => void }) {
  const { guests, operations, store, copies } = daemon;
  let isKilled = false;
  const stop = async (): Promise<void> => {
    if (isKilled) return;
    guests.stop();
    const idle = operations.idle();
    await server.close();
    await idle;
    operations.stop();
    release();
  };
  const kill = async (): Promise<void> => {
    isKilled = true;
    guests.stop();
    copies.kill();
    store.close();
    operations.stop();
    await server.cut();
    release();
  };
  return { stop, kill };
}

/**
 * Starts an LXD- or Incus-like daemon in this process, on a real Unix socket, with its state in a folder.
 *
 * It implements the daemons' REST API for images, ISO volumes, instances, profiles, projects, storage pools and
 * operations, and simulates guests: a VM that boots a bootable ISO "installs" for `guestBootMs` and powers itself off.
 * Intended for trying out programs and for tests; it never runs a real virtual machine or container.
 *
 * @example
 * const daemon = await startEmbeddedDaemon({ dir: await mkdtemp(join(tmpdir(), "daemon-")) });
 * process.env.INCUS_SOCKET = daemon.socket;
 * // … run the program under test …
 * await daemon.stop();
 *
 * @throws if the folder or the socket belongs to a running daemon.
 */
export async function startEmbeddedDaemon(options: EmbeddedDaemonOptions): Promise<EmbeddedDaemon> {
  const settings = completeOptions(options);
  makeFolder(settings.dir);
  makeFolder(dirname(settings.socket));
  const release = claimDir(settings.dir);
  try {
    await claimSocket(settings.socket);
    const daemon = assemble(settings);
    const server = createHttpServer(daemon, routes);
    await server.listen(settings.socket);
    daemon.guests.resume();
    const { stop, kill } = endsOf(daemon, { server, release });
    return { socket: settings.socket, dir: settings.dir, stop, kill };
  } catch (error) {
    release();
    throw error;
  }
}
