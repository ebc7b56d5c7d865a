// What goes on at a time on one server: a bound for changes, half of it for uploads, and nothing that waits for itself.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { PassThrough, Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { defaultParallel, parseParallel } from "../../../provider/lxd/client/transport/concurrency-limiter";
import { begun, fakeDaemon, type FakeDaemon, operation, sync } from "./fake-daemon";

const wait = "GET /1.0/operations/op/wait";
const done = sync(operation({ status_code: 200 }));

/** A gate in the daemon: requests of a kind wait in it until they are let through. */
function gate(): {
  hold: (answer: typeof done) => typeof done;
  inside: () => number;
  most: () => number;
  open: () => void;
} {
  const held: (() => void)[] = [];
  let [inside, most, isOpen] = [0, 0, false];
  const hold =
    (answer: typeof done): typeof done =>
    (request, response) => {
      inside += 1;
      most = Math.max(most, inside);
      const go = (): void => {
        inside -= 1;
        answer(request, response);
      };
      if (isOpen) setTimeout(go, 5);
      else held.push(go);
    };
  const open = (): void => {
    isOpen = true;
    for (const go of held) go();
  };
  return { hold, inside: () => inside, most: () => most, open };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(5);
}

const count = (daemon: FakeDaemon, start: string): number =>
  daemon.requests.filter(({ line }) => line.startsWith(start)).length;

const change = (daemon: FakeDaemon, more: object = {}): Promise<unknown> =>
  daemon.client.change({ method: "POST", path: "/1.0/x", json: {}, ...more });

const upload = (daemon: FakeDaemon, stream: Readable): Promise<unknown> =>
  daemon.client.change({ method: "POST", path: "/1.0/upload", upload: { stream, sizeBytes: undefined, headers: {} } });

describe("changes", () => {
  it("are counted until their operations have ended", async () => {
    const waits = gate();
    const daemon = await fakeDaemon({ "POST /1.0/x": begun(), [wait]: waits.hold(done) }, { parallel: 3 });
    const all = Array.from({ length: 8 }, () => change(daemon));
    await until(() => waits.inside() === 3);
    expect(count(daemon, "POST")).toBe(3);
    waits.open();
    await Promise.all(all);
    expect([waits.most(), count(daemon, "POST")]).toEqual([3, 8]);
  });

  it("have one bound for all addresses of a server, once that is known", async () => {
    const waits = gate();
    const certificate_fingerprint = randomUUID();
    const info = { api_extensions: [], auth: "trusted", environment: { server: "incus", certificate_fingerprint } };
    const routes = { "GET /1.0": sync(info), "POST /1.0/x": begun(), [wait]: waits.hold(done) };
    const addresses = [await fakeDaemon(routes, { parallel: 2 }), await fakeDaemon(routes, { parallel: 2 })];
    for (const { client } of addresses) await client.info();
    const all = addresses.flatMap((daemon) => [change(daemon), change(daemon)]);
    await until(() => waits.inside() === 2);
    expect(addresses.map((daemon) => count(daemon, "POST"))).toEqual([2, 0]);
    waits.open();
    await Promise.all(all);
    expect([waits.most(), ...addresses.map((daemon) => count(daemon, "POST"))]).toEqual([2, 2, 2]);
  });

  it("leave their place when they fail", async () => {
    const daemon = await fakeDaemon({}, { parallel: 1 });
    for (let i = 0; i < 3; i++) await expect(change(daemon)).rejects.toThrow("not found");
  });

  it("that a guest is waited for in hold up nobody", async () => {
    const waits = gate();
    const daemon = await fakeDaemon(
      { "POST /1.0/exec": begun("op"), [wait]: waits.hold(done), "POST /1.0/x": sync({}) },
      { parallel: 1 },
    );
    const execs = [1, 2, 3].map(() => change(daemon, { path: "/1.0/exec", isUpToGuest: true }));
    await until(() => waits.inside() === 3);
    await change(daemon);
    waits.open();
    await Promise.all(execs);
  });
});

describe("uploads", () => {
  it("get half of the places, so that small changes and reads go on beside them", async () => {
    const daemon = await fakeDaemon(
      { "POST /1.0/upload": begun(), [wait]: done, "POST /1.0/x": sync({}), "GET /1.0/r": sync({}) },
      { parallel: 4 },
    );
    const streams = Array.from({ length: 5 }, () => new PassThrough());
    for (const stream of streams) stream.write("some");
    const all = streams.map((stream) => upload(daemon, stream));
    await until(() => count(daemon, "POST /1.0/upload") === 2);
    await Promise.all(Array.from({ length: 6 }, () => change(daemon)));
    await daemon.client.get("/1.0/r", z.unknown());
    expect(count(daemon, "POST /1.0/upload")).toBe(2);
    for (const stream of streams) stream.end();
    await Promise.all(all);
    expect(count(daemon, "POST /1.0/upload")).toBe(5);
  });

  it("work with a single place too", async () => {
    const daemon = await fakeDaemon({ "POST /1.0/upload": begun(), [wait]: done }, { parallel: 1 });
    await Promise.all([1, 2, 3].map(() => upload(daemon, Readable.from(["x"], { objectMode: false }))));
    expect(count(daemon, "POST")).toBe(3);
  });
});

describe("short reads", () => {
  it("have a bound of their own, and waits for operations take none of it", async () => {
    const [waits, reads] = [gate(), gate()];
    const daemon = await fakeDaemon(
      { "POST /1.0/x": begun(), [wait]: waits.hold(done), "GET /1.0/r": reads.hold(sync({})) },
      { parallel: 2 },
    );
    const changes = [change(daemon), change(daemon)];
    await until(() => waits.inside() === 2);
    const all = Array.from({ length: 6 }, () => daemon.client.get("/1.0/r", z.unknown()));
    await until(() => reads.inside() === 2);
    reads.open();
    await Promise.all(all);
    expect(reads.most()).toBe(2);
    waits.open();
    await Promise.all(changes);
  });
});

describe("lxd:parallel", () => {
  it("is an integer, or omitted", () => {
    expect([parseParallel("1"), parseParallel("64"), parseParallel(undefined)]).toEqual([1, 64, defaultParallel]);
  });
  it.each(["0", "-1", "2.5", "many", "10000"])("is not %s", (text) => {
    expect(() => parseParallel(text)).toThrow(`integer from 1 to 9999, but is "${text}" [invalid-argument]`);
  });
});
