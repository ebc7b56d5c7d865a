// Ensures that a folder and a socket belong to one running daemon.
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { platform } from "node:os";
import { join } from "node:path";

const LOCK = "daemon.pid";

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function lockHolder(path: string): number | undefined {
  try {
    const pid = Number(readFileSync(path, "utf8"));
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

const held = new Set<string>();

/** Locks the folder for this process; throws if a running daemon has locked it. Returns a function that unlocks it. */
export function claimDir(dir: string): () => void {
  const path = join(dir, LOCK);
  const pid = lockHolder(path);
  const isOurs = pid === process.pid;
  if (pid !== undefined && (isOurs ? held.has(dir) : isAlive(pid))) {
    throw new Error(
      `The folder ${dir} is already in use by a daemon (process ${pid}). Stop it, or choose another folder.`,
    );
  }
  writeFileSync(path, `${process.pid}\n`);
  held.add(dir);
  return () => {
    held.delete(dir);
    rmSync(path, { force: true });
  };
}

function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(socket);
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", () => resolve(false));
  });
}

/** The maximum length of a socket path. Node silently truncates a longer one. */
const mostBytes = platform() === "darwin" ? 103 : 107;

/** Removes a stale socket; throws if a daemon responds on it, or if the path cannot be a socket. */
export async function claimSocket(socket: string): Promise<void> {
  const bytes = Buffer.byteLength(socket);
  if (bytes > mostBytes) {
    const limit = `the path of a socket has at most ${mostBytes} bytes, this one has ${bytes}`;
    throw new Error(`Nothing can listen on ${socket}: ${limit}. Choose a shorter path.`);
  }
  const stat = statSync(socket, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isSocket()) throw new Error(`${socket} exists and is no socket. Choose another path for the socket.`);
  if (await answers(socket))
    throw new Error(`Something already listens on ${socket}. Stop it, or choose another path.`);
  rmSync(socket);
}
