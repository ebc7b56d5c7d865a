// A client whose caller stops: what goes on fails at once with the reason, and nothing more is asked.
import { createServer } from "node:net";
import { Readable } from "node:stream";
import { join } from "node:path";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import * as z from "zod";
import { Client } from "../../../provider/lxd/client/core/client";
import { HttpsTransport } from "../../../provider/lxd/client/transport/https-transport";
import { Deadline } from "../../../provider/lxd/client/core/deadline";
import { openStreams } from "../../../provider/lxd/client/core/operation-streams";
import { LxdError } from "../../../provider/base/errors";
import { front, refusal } from "./front";
import { begun, error, fakeDaemon, type FakeDaemon, later, operation, sync } from "./fake-daemon";

const reason = new LxdError({ code: "cancelled", why: "the run was cancelled" });
const silent = (): void => undefined;
const hang = later(60_000, sync({}));
const post = (client: Client, path = "/1.0/x"): Promise<unknown> => client.change({ method: "POST", path, json: {} });
const lines = ({ requests }: FakeDaemon): string[] => requests.map(({ line }) => line.replace(/\?.*/, ""));

interface Stopping {
  client: Client;
  /** Stops what goes on, which has to fail with the reason within a moment. */
  stop: (work: Promise<unknown>) => Promise<void>;
}

function stopping(whole: Client): Stopping {
  const abort = new AbortController();
  return {
    client: whole.withSignal(abort.signal),
    stop: async (work) => {
      const failed = expect(work).rejects.toMatchObject({ code: "cancelled" });
      const from = performance.now();
      abort.abort(reason);
      await failed;
      expect(performance.now() - from).toBeLessThan(500);
    },
  };
}

async function until(seen: () => boolean): Promise<void> {
  while (!seen()) await sleep(5);
}

describe("a client whose caller stops", () => {
  it.each([
    ["a read without an answer", silent],
    ["a read whose answer has begun", hang],
  ])("gives up %s", async (_title, route) => {
    const daemon = await fakeDaemon({ "GET /1.0/x": route });
    const { client, stop } = stopping(daemon.client);
    const reading = client.get("/1.0/x", z.unknown());
    await until(() => lines(daemon).length === 1);
    await stop(reading);
  });

  it("gives up the wait for an operation, and its progress, and asks nothing more", async () => {
    const daemon = await fakeDaemon({
      "POST /1.0/x": begun(),
      "GET /1.0/operations/op/wait": hang,
      "GET /1.0/operations/op": sync(operation()),
    });
    const { client, stop } = stopping(daemon.client);
    const change = client.change({ method: "POST", path: "/1.0/x", json: {}, onProgress: silent });
    await until(() => lines(daemon).includes("GET /1.0/operations/op"));
    await stop(change);
    const before = lines(daemon);
    await sleep(1200);
    expect(lines(daemon)).toEqual(before);
    await expect(client.get("/1.0/operations/op", z.unknown())).rejects.toBe(reason);
    expect(lines(daemon)).toEqual(before);
    // The others go on.
    await daemon.client.get("/1.0/operations/op", z.unknown());
  });

  it("repeats no read while the daemon is away", async () => {
    const daemon = await fakeDaemon(
      { "GET /1.0/known": sync({}), "GET /1.0/x": error(503, "starting") },
      { awayMs: 60_000 },
    );
    await daemon.client.get("/1.0/known", z.unknown());
    const { client, stop } = stopping(daemon.client);
    const reading = client.get("/1.0/x", z.unknown());
    await until(() => lines(daemon).length > 4);
    await stop(reading);
  });

  it("stops an upload and lets go of what it comes from", async () => {
    const daemon = await fakeDaemon({ "POST /1.0/x": silent });
    const { client, stop } = stopping(daemon.client);
    const upload = (stream: Readable): Promise<unknown> =>
      client.change({ method: "POST", path: "/1.0/x", upload: { stream, sizeBytes: undefined, headers: {} } });
    const [endless, unbegun] = [new Readable({ read: () => undefined }), Readable.from(["bytes"])];
    endless.push("bytes");
    const uploading = upload(endless);
    await until(() => lines(daemon).length === 1);
    await stop(uploading);
    expect(endless.destroyed).toBe(true);
    await expect(upload(unbegun)).rejects.toBe(reason);
    expect(unbegun.destroyed).toBe(true);
    expect(lines(daemon)).toHaveLength(1);
  });

  it("does not wait for a connection", async () => {
    const dir = await mkdtemp(join(tmpdir(), "lxd-abort-"));
    // It takes connections, and never speaks TLS.
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    onTestFinished(async () => {
      server.close();
      await rm(dir, { recursive: true });
    });
    const { port } = server.address() as { port: number };
    const addresses = [`https://127.0.0.1:${port}`];
    const { client, stop } = stopping(new Client(new HttpsTransport({ addresses })));
    const connected = new Promise((resolve) => server.once("connection", resolve));
    const reading = client.get("/1.0", z.unknown());
    await connected;
    await stop(reading);
  });

  it("does not wait for a login that is renewed, which goes on for the next run", async () => {
    const daemon = await front((_request, reply) => void reply.writeHead(401).end(refusal(401, "token is expired")));
    onTestFinished(daemon.close);
    const { address, fingerprint } = daemon;
    let renewing = (): void => undefined;
    const renewed = new Promise<void>((resolve) => (renewing = resolve));
    const authorization = {
      header: () => Promise.resolve("Bearer old"),
      renew: () => {
        renewing();
        return new Promise<boolean>(silent);
      },
    };
    const transport = new HttpsTransport({ addresses: [address], fingerprint }, { authorization });
    const { client, stop } = stopping(new Client(transport));
    const reading = client.get("/1.0", z.unknown());
    await renewed;
    await stop(reading);
    expect(daemon.requests).toHaveLength(1);
  });

  it("closes the streams of an operation, also those that are not open yet", async () => {
    const daemon = await fakeDaemon({});
    const upgraded = new Promise<{ ended: Promise<unknown> }>((resolve) =>
      daemon.server.on("upgrade", (_request, socket) =>
        resolve({ ended: new Promise((end) => socket.once("end", end).resume()) }),
      ),
    );
    const { client, stop } = stopping(daemon.client);
    const wire = { id: "op", status_code: 103, err: "", metadata: { fds: { "0": "secret" } } };
    const request = { method: "POST", path: "/1.0/x" };
    const opening = openStreams<"0">(client, wire, { request, receive: [["0", silent]] });
    const { ended } = await upgraded;
    await stop(opening);
    await ended;
  });

  it("is still held to a time limit, whose end is told as such", async () => {
    const daemon = await fakeDaemon({ "GET /1.0/x": silent });
    const { client, stop } = stopping(daemon.client);
    const limit = new Deadline({ ms: 50, why: "too long" });
    const limited = client.until(limit);
    await expect(limit.run(() => limited.get("/1.0/x", z.unknown()))).rejects.toMatchObject({ code: "timeout" });
    const wide = client.until(new Deadline({ ms: 60_000, why: "too long" }));
    expect(wide.signal).toBe(client.signal);
    // On a busy machine, the first request may not have been sent in its time.
    const before = lines(daemon).length;
    const reading = wide.get("/1.0/x", z.unknown());
    await until(() => lines(daemon).length > before);
    await stop(reading);
  });
});

describe("a client whose time is over", () => {
  it("lets go of an upload that it does not begin", async () => {
    const daemon = await fakeDaemon({ "POST /1.0/x": begun() });
    const client = daemon.client.until(new Deadline({ ms: 0, why: "too long" }));
    const stream = Readable.from(["bytes"]);
    const upload = { stream, sizeBytes: undefined, headers: {} };
    await expect(client.change({ method: "POST", path: "/1.0/x", upload })).rejects.toMatchObject({ code: "timeout" });
    expect(stream.destroyed).toBe(true);
    await expect(post(client)).rejects.toMatchObject({ code: "timeout" });
    expect(lines(daemon)).toEqual([]);
  });
});
