// The daemon that the quickstart uses: the real one named by the environment, else the embedded one.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { root } from "../root.mjs";

/**
 * @typedef {object} Daemon
 * @property {string} socket
 * @property {boolean} isReal
 * @property {string} dir the folder of the quickstart's files for this daemon
 * @property {() => Promise<void>} stop
 */

/** In the order in which the provider checks them. */
const places = [
  ["INCUS_SOCKET", ""],
  ["INCUS_DIR", "unix.socket"],
  ["LXD_SOCKET", ""],
  ["LXD_DIR", "unix.socket"],
];

/** @returns {Promise<Daemon>} */
export async function makeDaemon() {
  const [name, file] = places.find(([variable]) => process.env[variable]) ?? [];
  return name === undefined ? startEmbedded() : useReal(name, join(process.env[name], file));
}

function useReal(variable, socket) {
  if (!existsSync(socket)) throw new Error(`${variable} names the socket ${socket}, which does not exist.`);
  console.log(`Using the server at ${socket}, because ${variable} is set. Unset it to use the embedded daemon.`);
  // A stack belongs to one daemon permanently, so each daemon has its own stack.
  const dir = join(root, ".quickstart", createHash("sha256").update(socket).digest("hex").slice(0, 8));
  mkdirSync(dir, { recursive: true });
  const stop = async () => {
    // Without its stack's state, the objects on the daemon could not be removed.
    if (!hasStack(dir)) rmSync(dir, { recursive: true, force: true });
    console.log("The server keeps running.");
  };
  return { socket, isReal: true, dir, stop };
}

/** Whether this folder contains the state of a quickstart stack. */
export function hasStack(dir) {
  return existsSync(join(dir, "state/.pulumi/stacks/quickstart/quickstart.json"));
}

/** @returns {Promise<Daemon>} */
async function startEmbedded() {
  const dir = join(root, ".quickstart/embedded");
  const { startEmbeddedDaemon } = createRequire(import.meta.url)("pulumi-lxd/embedded");
  const socket = socketFor(dir);
  const daemon = await startEmbeddedDaemon({ dir: join(dir, "daemon"), socket });
  console.log("Using the embedded daemon, which simulates machines. To start it yourself:\n");
  console.log("  $ npx pulumi-lxd daemon --dir .quickstart/embedded/daemon\n");
  console.log("To use a real server, set INCUS_SOCKET, INCUS_DIR, LXD_SOCKET or LXD_DIR before `npm run quickstart`.");
  const stop = async () => {
    await daemon.stop();
    for (const folder of [dir, dirname(socket)]) rmSync(folder, { recursive: true, force: true });
    console.log("Stopped, and its state is removed.");
  };
  return { socket, isReal: false, dir, stop };
}

/** A socket path is limited to 107 bytes on Linux and 103 on macOS, too few for a checkout deep in the file system. */
function socketFor(dir) {
  const socket = join(dir, "daemon/unix.socket");
  return Buffer.byteLength(socket) <= 103 ? socket : join(mkdtempSync(join(tmpdir(), "quickstart-")), "unix.socket");
}
