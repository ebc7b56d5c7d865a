// What only the embedded daemon has: a life of its own on disk, one owner, and guests that do as their ISO says.
import { mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { type EmbeddedDaemon, type EmbeddedDaemonOptions, startEmbeddedDaemon } from "../../../provider/embedded";
import { settle } from "../harness/operation";
import { at, RawClient, type RawReply, tinyImage, tinyIso, type TinyIsoOptions } from "../harness";

const CUSTOM = "/1.0/storage-pools/default/volumes/custom";
const BOOT_MS = 150;

let dir = "";
let running: EmbeddedDaemon[] = [];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "pulumi-lxd-embedded-"));
});

afterEach(async () => {
  await Promise.all(running.map((daemon) => daemon.stop()));
  running = [];
  await rm(dir, { recursive: true, force: true });
});

async function start(options: Partial<EmbeddedDaemonOptions> = {}): Promise<EmbeddedDaemon> {
  const daemon = await startEmbeddedDaemon({ dir, guestBootMs: BOOT_MS, ...options });
  running.push(daemon);
  return daemon;
}

async function stop(daemon: EmbeddedDaemon): Promise<void> {
  await daemon.stop();
  running = running.filter((other) => other !== daemon);
}

const clientOf = (daemon: EmbeddedDaemon): RawClient => new RawClient(() => daemon.socket);

const isoHeaders = (name: string, family = "X-Incus") => ({
  "Content-Type": "application/octet-stream",
  [`${family}-name`]: name,
  [`${family}-type`]: "iso",
});

/** A blank machine with this ISO in it, started. */
async function startMachine(raw: RawClient, options: TinyIsoOptions): Promise<string> {
  const iso = tinyIso(options);
  const done = async (reply: Promise<RawReply>) => {
    expect(await settle(raw, await reply)).toMatchObject({ ok: true });
  };
  await done(raw.post(CUSTOM, iso, isoHeaders("iso")));
  const devices = {
    root: { type: "disk", path: "/", pool: "default" },
    cd: { type: "disk", pool: "default", source: "iso", "boot.priority": "10" },
  };
  const machine = { name: "vm", type: "virtual-machine", source: { type: "none" }, profiles: [], devices, start: true };
  await done(raw.post("/1.0/instances", machine));
  return "/1.0/instances/vm";
}

const statusOf = async (raw: RawClient, path: string) => at((await raw.get(path)).body, "metadata", "status");

/** The statuses that a machine goes through within some time, without repetitions. */
async function watch(raw: RawClient, path: string, ms: number): Promise<unknown[]> {
  const seen: unknown[] = [];
  const end = Date.now() + ms;
  while (Date.now() < end) {
    const status = await statusOf(raw, path);
    if (seen.at(-1) !== status) seen.push(status);
    await sleep(10);
  }
  return seen;
}

describe("embedded daemon on disk", () => {
  it("goes on where it stopped", async () => {
    const first = await start();
    const image = tinyImage({ properties: { a: "b" } });
    await settle(clientOf(first), await clientOf(first).post(CUSTOM, tinyIso(), isoHeaders("iso")));
    await settle(clientOf(first), await clientOf(first).post("/1.0/images", image, isoHeaders("")));
    const before = await Promise.all([CUSTOM, "/1.0/images"].map((path) => clientOf(first).get(`${path}?recursion=1`)));
    await stop(first);
    const raw = clientOf(await start());
    const after = await Promise.all([CUSTOM, "/1.0/images"].map((path) => raw.get(`${path}?recursion=1`)));
    expect(after.map((reply) => reply.body.metadata)).toEqual(before.map((reply) => reply.body.metadata));
    const [url] = (await raw.get("/1.0/images")).body.metadata as string[];
    expect((await raw.get(`${url ?? ""}/export`)).bytes.equals(image)).toBe(true);
  });

  it("boots again the guests that ran", async () => {
    const first = await start({ guestBootMs: 60_000 });
    const path = await startMachine(clientOf(first), { bootable: true });
    await stop(first);
    const raw = clientOf(await start());
    expect(await statusOf(raw, path)).toBe("Running");
    await expect.poll(() => statusOf(raw, path)).toBe("Stopped");
  });

  it("has one daemon per folder", async () => {
    await start();
    await expect(start({ socket: join(dir, "other.socket") })).rejects.toThrow(/already in use by a daemon/);
  });

  it("takes over the folder and the socket of a daemon that is dead", async () => {
    await writeFile(join(dir, "daemon.pid"), "2147480000\n");
    const socket = join(dir, "unix.socket");
    const dead = await listen(socket);
    // As a crash leaves it: the file is there, and nobody behind it.
    await closeKeepingFile(dead, socket);
    const raw = clientOf(await start());
    expect((await raw.get("/")).status).toBe(200);
  });

  it("refuses a socket that something else answers on, and a file that is none", async () => {
    const socket = join(dir, "busy.socket");
    const other = await listen(socket);
    await expect(start({ socket })).rejects.toThrow(/already listens/);
    other.close();
    await writeFile(join(dir, "file"), "");
    await expect(start({ socket: join(dir, "file") })).rejects.toThrow(/is no socket/);
  });

  it("leaves nothing of an upload that is cut", async () => {
    const raw = clientOf(await start());
    const body = Buffer.alloc(1000);
    const headers = { ...isoHeaders("cut"), "Content-Length": "100000" };
    const cut = raw.send({ method: "POST", path: CUSTOM, body, headers });
    await expect(Promise.race([cut, sleep(300).then(() => Promise.reject(new Error("still open")))])).rejects.toThrow();
    await Promise.all(running.map((daemon) => daemon.stop()));
    running = [];
    expect(await readdir(join(dir, "spool"))).toEqual([]);
  });
});

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

describe("embedded guests", () => {
  it("installs from a bootable ISO and powers itself off", async () => {
    const raw = clientOf(await start());
    const path = await startMachine(raw, { bootable: true });
    expect(await watch(raw, path, BOOT_MS * 3)).toEqual(["Running", "Stopped"]);
  });

  it("stays on with the installed system when the ISO is gone", async () => {
    const raw = clientOf(await start());
    const path = await startMachine(raw, { bootable: true });
    await expect.poll(() => statusOf(raw, path)).toBe("Stopped");
    const { body } = await raw.get(path);
    const { config, devices } = body.metadata as { config: object; devices: Record<string, object> };
    await settle(raw, await raw.put(path, { config, devices: { root: devices["root"] }, profiles: [] }));
    await settle(raw, await raw.put(`${path}/state`, { action: "start" }));
    expect(await watch(raw, path, BOOT_MS * 3)).toEqual(["Running"]);
    const shutdown = await settle(raw, await raw.put(`${path}/state`, { action: "stop", timeout: 5 }));
    expect(shutdown).toMatchObject({ ok: true });
  });

  it("does not boot an ISO that has no boot record", async () => {
    const raw = clientOf(await start());
    const path = await startMachine(raw, { bootable: false });
    expect(await watch(raw, path, BOOT_MS * 3)).toEqual(["Running"]);
  });

  it("reboots once when the ISO says so", async () => {
    const raw = clientOf(await start());
    const path = await startMachine(raw, { bootable: true, marker: "pulumi-lxd: reboot" });
    expect(await watch(raw, path, BOOT_MS * 5)).toEqual(["Running", "Stopped", "Running", "Stopped"]);
  });

  it.each([
    ["hang", "installer: waiting"],
    ["panic", "Kernel panic"],
  ])("does not end with the marker %s, and says so on its console", async (word, text) => {
    const raw = clientOf(await start());
    const path = await startMachine(raw, { bootable: true, marker: `pulumi-lxd: ${word}` });
    expect(await watch(raw, path, BOOT_MS * 3)).toEqual(["Running"]);
    expect((await raw.get(`${path}/console`)).bytes.toString()).toContain(text);
  });
});

describe("embedded daemon as other servers", () => {
  it("is a server without ISO volumes", async () => {
    const raw = clientOf(await start({ server: "lxd", withoutExtensions: ["custom_volume_iso"] }));
    const reply = await raw.post(CUSTOM, tinyIso(), isoHeaders("iso", "X-LXD"));
    expect([reply.status, reply.body.error]).toEqual([500, "Unsupported compression"]);
  });

  it("writes volumes and profiles in operations where newer LXD does", async () => {
    const raw = clientOf(await start({ server: "lxd", withExtensions: ["storage_and_profile_operations"] }));
    await settle(raw, await raw.post(CUSTOM, tinyIso(), isoHeaders("iso", "X-LXD")));
    const config = at((await raw.get(`${CUSTOM}/iso`)).body, "metadata", "config");
    const writes = [
      () => raw.put(`${CUSTOM}/iso`, { description: "d", config }),
      () => raw.put("/1.0/profiles/default", { description: "d" }),
      () => raw.delete(`${CUSTOM}/iso`),
    ];
    for (const write of writes) {
      const reply = await write();
      expect(reply.status).toBe(202);
      expect(await settle(raw, reply)).toMatchObject({ ok: true, wasAsync: true });
    }
  });

  it("tells of a failed operation as newer Incus does", async () => {
    const raw = clientOf(await start({ failedWait: "operation" }));
    const { body } = await raw.post(CUSTOM, Buffer.alloc(0), isoHeaders("iso"));
    const waited = await raw.get(`${body.operation ?? ""}/wait`);
    expect(waited.body).toMatchObject({ type: "sync", metadata: { status: "Failure", status_code: 400 } });
    expect(at(waited.body, "metadata", "err")).toContain("Size cannot be zero");
  });
});
