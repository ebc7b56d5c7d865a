// The embedded daemon's life on disk: it goes on where it stopped, and a folder and a socket have one owner.
import { readdir, rename, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";

import { tinyImage, tinyIso } from "../harness";
import { clientOf, CUSTOM, isoHeaders, startMachine, statusOf, useEmbedded } from "../harness/embedded";
import { settle } from "../harness/operation";

const embedded = useEmbedded();

function listen(socket: string): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer().listen(socket, () => resolve(server));
  });
}

/** Node removes the file of a socket that it closes; a killed process does not. */
async function closeKeepingFile(server: Server, socket: string): Promise<void> {
  await rename(socket, `${socket}.kept`);
  await new Promise((resolve) => server.close(resolve));
  await rename(`${socket}.kept`, socket);
}

describe("embedded daemon on disk", () => {
  it("goes on where it stopped", async () => {
    const first = await embedded.start();
    const image = tinyImage({ properties: { a: "b" } });
    await settle(clientOf(first), await clientOf(first).post(CUSTOM, tinyIso(), isoHeaders("iso")));
    await settle(clientOf(first), await clientOf(first).post("/1.0/images", image, isoHeaders("")));
    const before = await Promise.all([CUSTOM, "/1.0/images"].map((path) => clientOf(first).get(`${path}?recursion=1`)));
    await embedded.stop(first);
    const raw = clientOf(await embedded.start());
    const after = await Promise.all([CUSTOM, "/1.0/images"].map((path) => raw.get(`${path}?recursion=1`)));
    expect(after.map((reply) => reply.body.metadata)).toEqual(before.map((reply) => reply.body.metadata));
    const [url] = (await raw.get("/1.0/images")).body.metadata as string[];
    expect((await raw.get(`${url ?? ""}/export`)).bytes.equals(image)).toBe(true);
  });

  it("boots again the guests that ran", async () => {
    const first = await embedded.start({ guestBootMs: 60_000 });
    const path = await startMachine(clientOf(first), { bootable: true });
    await embedded.stop(first);
    const raw = clientOf(await embedded.start());
    expect(await statusOf(raw, path)).toBe("Running");
    await expect.poll(() => statusOf(raw, path)).toBe("Stopped");
  });

  it("has one daemon per folder", async () => {
    await embedded.start();
    await expect(embedded.start({ socket: join(embedded.dir, "other.socket") })).rejects.toThrow(
      /already in use by a daemon/,
    );
  });

  it("takes over the folder and the socket of a daemon that is dead", async () => {
    await writeFile(join(embedded.dir, "daemon.pid"), "2147480000\n");
    const socket = join(embedded.dir, "unix.socket");
    const dead = await listen(socket);
    // As a crash leaves it: the file is there, and nobody behind it.
    await closeKeepingFile(dead, socket);
    const raw = clientOf(await embedded.start());
    expect((await raw.get("/")).status).toBe(200);
  });

  it("refuses a socket that something else answers on, and a file that is none", async () => {
    const socket = join(embedded.dir, "busy.socket");
    const other = await listen(socket);
    await expect(embedded.start({ socket })).rejects.toThrow(/already listens/);
    other.close();
    await writeFile(join(embedded.dir, "file"), "");
    await expect(embedded.start({ socket: join(embedded.dir, "file") })).rejects.toThrow(/is no socket/);
  });

  it("leaves nothing of an upload that is cut", async () => {
    const raw = clientOf(await embedded.start());
    const body = Buffer.alloc(1000);
    const headers = { ...isoHeaders("cut"), "Content-Length": "100000" };
    const cut = raw.send({ method: "POST", path: CUSTOM, body, headers });
    await expect(Promise.race([cut, sleep(300).then(() => Promise.reject(new Error("still open")))])).rejects.toThrow();
    await embedded.stop();
    expect(await readdir(join(embedded.dir, "spool"))).toEqual([]);
  });
});
