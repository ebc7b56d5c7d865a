// A daemon that cannot be reached: each reason is told with the socket's path and what to do about it.
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UnixTransport } from "../../../provider/lxd/client/transport/unix-transport";
import { LxdError } from "../../../provider/base/errors";
import { fakeDaemon, sync } from "./fake-daemon";

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "lxd-transport-"));
});
afterAll(() => rmSync(dir, { recursive: true }));

async function failure(socket: string, changes: object = {}): Promise<LxdError> {
  const request = { method: "GET" as const, path: "/1.0", ...changes };
  const thrown: unknown = await new UnixTransport(socket).send(request).catch((reason: unknown) => reason);
  expect(thrown).toBeInstanceOf(LxdError);
  return thrown as LxdError;
}

const start =
  "Start the daemon (`systemctl start incus` or `snap start lxd`), or name its socket with `pulumi config set lxd:socket PATH`.";

describe("a daemon", () => {
  it("without a socket is not there", async () => {
    const socket = join(dir, "none");
    expect((await failure(socket)).message).toBe(
      `no daemon's socket at ${socket} [unavailable] (GET /1.0 → no answer)\n${start}`,
    );
  });

  it("that has died leaves a socket on which nobody listens", async () => {
    const socket = join(dir, "dead");
    const script = `require("net").createServer().listen(${JSON.stringify(socket)}, () => process.kill(process.pid, "SIGKILL"))`;
    expect(() => execFileSync(process.execPath, ["-e", script], { stdio: "ignore" })).toThrow();
    expect((await failure(socket)).message).toBe(
      `no daemon listens at ${socket} [unavailable] (GET /1.0 → no answer)\n${start}`,
    );
  });

  it.each(["a file", "a folder"])("is not %s", async (kind) => {
    const socket = join(dir, "file");
    writeFileSync(socket, "");
    expect((await failure(kind === "a file" ? socket : dir)).message).toContain("no daemon listens at");
  });

  it("is not in a file", async () => {
    writeFileSync(join(dir, "file"), "");
    expect((await failure(join(dir, "file", "unix.socket"))).message).toContain("no daemon's socket at");
  });

  it("cannot be reached over a path that is too long for a socket", async () => {
    const { message } = await failure(join(dir, "x".repeat(120)));
    expect(message).toContain("the path is too long for a socket");
    expect(message).toContain("107");
  });

  it("may be forbidden to this user by the mode of its socket", async () => {
    const { socket } = await fakeDaemon({});
    chmodSync(dirname(socket), 0o711);
    chmodSync(socket, process.getuid?.() === 0 ? 0o600 : 0);
    const { code, message } = await asNobody(() => failure(socket));
    expect(code).toBe("permission-denied");
    expect(message).toBe(
      `this user may not use the daemon's socket at ${socket} [permission-denied] (GET /1.0 → no answer)\n` +
        "Add the user to the group that owns the socket (`incus-admin` or `lxd`; `incus` for a user's own project) and log in again.",
    );
  });
});

/** Root may use any socket, so it becomes somebody else for a moment; others may not use one that nobody may. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return work();
  process.seteuid?.(65534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

describe("a daemon that is silent", () => {
  it("is given up after a while", async () => {
    const { socket } = await fakeDaemon({ "GET /1.0": () => undefined });
    const started = performance.now();
    const { code, message } = await failure(socket, { silenceMs: 300 });
    expect(code).toBe("unavailable");
    expect(message).toContain(`the daemon at ${socket} has stopped answering [unavailable] (GET /1.0 → no answer)`);
    // undici looks at its clock about once a second.
    expect(performance.now() - started).toBeLessThan(3000);
  });

  it("in the middle of its answer is given up too", async () => {
    const { socket } = await fakeDaemon({ "GET /1.0": (_request, response) => void response.write("{") });
    const transport = new UnixTransport(socket);
    const reply = await transport.send({ method: "GET", path: "/1.0", silenceMs: 300 });
    const thrown: unknown = await reply.body.text().catch((reason: unknown) => reason);
    const { message } = transport.explain(thrown, { method: "GET", path: "/1.0" });
    expect(message).toContain(`the daemon at ${socket} has stopped answering`);
  });
});

describe("a request", () => {
  it("can be given up by who made it", async () => {
    const { socket } = await fakeDaemon({ "GET /1.0": () => undefined });
    const { message } = await failure(socket, { signal: AbortSignal.timeout(50) });
    expect(message).toContain("aborted");
  });

  it("does not wait for another one", async () => {
    const { client, requests } = await fakeDaemon({ "GET /1.0/slow": () => undefined, "GET /1.0/fast": sync({}) });
    const slow = client.text("/1.0/slow").catch(() => undefined);
    while (requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await client.text("/1.0/fast")).toContain("sync");
    void slow;
  });
});
