// Connections that break, daemons that are away or silent: what is safe is repeated, the rest is told as unknown.
import { rename } from "node:fs/promises";
import { type IncomingMessage, type ServerResponse } from "node:http";
import { PassThrough, Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { UnixTransport } from "../../../provider/lxd/client/transport/unix-transport";
import { begun, error, fakeDaemon, type FakeDaemon, operation, sync } from "./fake-daemon";

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

const wait = "GET /1.0/operations/op/wait";
const look = "GET /1.0/operations/op";
const done = sync(operation({ status_code: 200, metadata: { fingerprint: "f" } }));
const patient = { awayMs: 5000 };

const cut: Handler = (request) => request.socket.destroy();
/** Answers one request after the other in these ways; the last one stays. */
function inTurn(...handlers: Handler[]): Handler {
  let count = 0;
  return (request, response) => handlers[Math.min(count++, handlers.length - 1)]?.(request, response);
}
const get = ({ client }: FakeDaemon): Promise<unknown> => client.get("/1.0/x", z.unknown());
const post = ({ client }: FakeDaemon, path = "/1.0/x"): Promise<unknown> =>
  client.change({ method: "POST", path, json: {} });
const lines = ({ requests }: FakeDaemon): string[] => requests.map(({ line }) => line);
/** The daemon has answered once. */
const meet = ({ client }: FakeDaemon): Promise<unknown> => client.get("/1.0/known", z.unknown());
const known = { "GET /1.0/known": sync({}) };

describe("a read", () => {
  it("is repeated after its connection broke, and while the daemon starts", async () => {
    const starting = error(503, "Daemon is starting up");
    const daemon = await fakeDaemon({ ...known, "GET /1.0/x": inTurn(cut, starting, cut, sync({ a: 1 })) }, patient);
    await meet(daemon);
    expect(await get(daemon)).toMatchObject({ value: { a: 1 } });
    expect(lines(daemon)).toHaveLength(5);
  });

  it("is repeated until the socket is back", async () => {
    const daemon = await fakeDaemon({ ...known, "GET /1.0/x": sync({}) }, patient);
    await meet(daemon);
    await rename(daemon.socket, `${daemon.socket}.away`);
    daemon.server.closeAllConnections();
    const reading = get(daemon);
    await sleep(300);
    await rename(`${daemon.socket}.away`, daemon.socket);
    await reading;
  });

  it("is given up after a while, and those after it at once until the daemon answers again", async () => {
    const daemon = await fakeDaemon({ ...known, "GET /1.0/x": cut }, { awayMs: 400 });
    await meet(daemon);
    await expect(get(daemon)).rejects.toThrow("[unavailable]");
    const before = lines(daemon).length;
    expect(before).toBeGreaterThan(3);
    await expect(get(daemon)).rejects.toThrow("[unavailable]");
    expect(lines(daemon)).toHaveLength(before + 1);
  });

  it("is not repeated at a daemon that has never answered", async () => {
    const daemon = await fakeDaemon({ "GET /1.0/x": cut }, patient);
    await expect(get(daemon)).rejects.toThrow("[unavailable]");
    expect(lines(daemon)).toHaveLength(1);
  });

  it("that is refused is not repeated", async () => {
    const daemon = await fakeDaemon({ "GET /1.0/x": error(500, "no") }, patient);
    await expect(get(daemon)).rejects.toThrow("no [failed]");
    expect(lines(daemon)).toHaveLength(1);
  });
});

describe("a change", () => {
  it("is never sent again when the daemon may have got it", async () => {
    const daemon = await fakeDaemon({ ...known, "POST /1.0/x": cut }, patient);
    await meet(daemon);
    await expect(post(daemon)).rejects.toThrow("the connection to the daemon broke");
    expect(lines(daemon).filter((line) => line.startsWith("POST"))).toHaveLength(1);
  });

  it("is sent again when the daemon was not there, or not ready", async () => {
    const starting = error(503, "Daemon is starting up");
    const daemon = await fakeDaemon({ ...known, "POST /1.0/x": inTurn(starting, sync({})) }, patient);
    await meet(daemon);
    await rename(daemon.socket, `${daemon.socket}.away`);
    daemon.server.closeAllConnections();
    const changing = post(daemon);
    await sleep(200);
    await rename(`${daemon.socket}.away`, daemon.socket);
    await changing;
    expect(lines(daemon).filter((line) => line.startsWith("POST"))).toHaveLength(2);
  });
});

describe("an operation", () => {
  it("is waited for again when the wait's connection breaks, before or after its headers", async () => {
    const headersOnly: Handler = (request, response) => {
      response.flushHeaders();
      setTimeout(() => request.socket.destroy(), 20);
    };
    const daemon = await fakeDaemon({ "POST /1.0/x": begun(), [wait]: inTurn(cut, headersOnly, done) }, patient);
    expect(await post(daemon)).toMatchObject({ metadata: { fingerprint: "f" } });
    expect(lines(daemon).filter((line) => line.startsWith("POST"))).toHaveLength(1);
  });

  it("that the daemon has forgotten since has an unknown end", async () => {
    const gone = error(404, "Operation not found");
    const daemon = await fakeDaemon({ "POST /1.0/x": begun(), [wait]: inTurn(cut, gone) }, patient);
    await expect(post(daemon)).rejects.toThrow("the result of the operation is unknown [unavailable]");
  });

  it("that outlasts one wait is waited for again, in either form", async () => {
    const late = error(500, "context deadline exceeded", 200);
    const daemon = await fakeDaemon({
      "POST /1.0/x": begun(),
      [wait]: inTurn(late, sync(operation()), done),
      [look]: sync(operation()),
    });
    expect(await post(daemon)).toMatchObject({ status_code: 200 });
  });

  it("that ended just after a wait did is found ended", async () => {
    const late = error(500, "context deadline exceeded", 200);
    const daemon = await fakeDaemon({ "POST /1.0/x": begun(), [wait]: late, [look]: done });
    expect(await post(daemon)).toMatchObject({ status_code: 200 });
  });
});

describe("an upload", () => {
  const mebibyte = Buffer.alloc(2 ** 20);
  const send = async (daemon: FakeDaemon, body: Readable, limits: object): Promise<string> => {
    const request = { method: "POST" as const, path: "/1.0/x", body, ...limits };
    const sent = new UnixTransport(daemon.socket).send(request);
    return sent.then(
      ({ status }) => String(status),
      (thrown: unknown) => String(thrown),
    );
  };

  it("that the daemon takes no more of is given up, and its source let go of", async () => {
    const daemon = await fakeDaemon({ "POST /1.0/x": (request) => void request.pause() });
    const source = Readable.from(
      Array.from({ length: 64 }, () => mebibyte),
      { objectMode: false },
    );
    expect(await send(daemon, source, { stallMs: 200 })).toMatch(/has stopped answering \[unavailable\]/);
    expect(source.destroyed).toBe(true);
  });

  it("that is never answered is given up", async () => {
    const daemon = await fakeDaemon({ "POST /1.0/x": (request) => void request.resume() });
    const source = Readable.from([mebibyte], { objectMode: false });
    expect(await send(daemon, source, { silenceMs: 200 })).toMatch(/has stopped answering \[unavailable\]/);
  });

  it("may have a source that is slower than the daemon may be", async () => {
    const daemon = await fakeDaemon({ "POST /1.0/x": begun() });
    const source = new PassThrough();
    const sent = send(daemon, source, { stallMs: 700, silenceMs: 5000 });
    source.write(mebibyte);
    await sleep(1500);
    source.end(mebibyte);
    expect(await sent).toBe("202");
  });

  it("is let go of while its source is silent", async () => {
    const daemon = await fakeDaemon({ "POST /1.0/x": (request) => setTimeout(() => request.socket.destroy(), 50) });
    const source = new PassThrough();
    source.write("x");
    expect(await send(daemon, source, {})).toContain("[unavailable]");
    expect(source.destroyed).toBe(true);
  });
});
