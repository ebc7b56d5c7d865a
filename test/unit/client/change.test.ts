// Changes and uploads: followed to their end, and given up when the other side does.
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { Client } from "../../../provider/lxd/client/core/client";
import { UnixTransport } from "../../../provider/lxd/client/transport/unix-transport";
import { LxdError } from "../../../provider/base/errors";
import { failure } from "../failure";
import { begun, error, fakeDaemon, operation, sync } from "./fake-daemon";

describe("a change", () => {
  it("that is done at once needs no more requests", async () => {
    const { client, requests } = await fakeDaemon({ "PUT /1.0/x": sync({}) });
    await client.change({ method: "PUT", path: "/1.0/x", query: { project: "p" }, json: { a: 1 }, ifMatch: "etag" });
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({ line: "PUT /1.0/x?project=p", body: '{"a":1}' });
    expect(requests[0]?.headers).toMatchObject({ "if-match": "etag", "content-type": "application/json" });
  });

  it("that becomes an operation is followed to its end", async () => {
    const done = operation({ status_code: 200, metadata: { fingerprint: "f" } });
    const { client, requests } = await fakeDaemon({
      "POST /1.0/x": begun(),
      "GET /1.0/operations/op/wait": sync(done),
    });
    expect(await client.change({ method: "POST", path: "/1.0/x", json: {}, deadlineMs: 1500 })).toMatchObject({
      metadata: { fingerprint: "f" },
    });
    expect(requests.map(({ line }) => line)).toEqual(["POST /1.0/x", "GET /1.0/operations/op/wait?timeout=2"]);
  });

  it("streams what it uploads, with exactly the type that the daemons know", async () => {
    const { client, requests } = await fakeDaemon({
      "POST /1.0/x": begun(),
      "GET /1.0/operations/op/wait": sync(operation({ status_code: 200 })),
    });
    const stream = Readable.from([Buffer.from("he"), Buffer.from("llo")]);
    const upload = { stream, sizeBytes: 5, headers: { "X-Incus-type": "iso" } };
    await client.change({ method: "POST", path: "/1.0/x", upload });
    expect(requests[0]?.body).toBe("hello");
    expect(requests[0]?.headers).toMatchObject({
      "content-type": "application/octet-stream",
      "content-length": "5",
      "x-incus-type": "iso",
    });
    expect(requests[0]?.headers).not.toHaveProperty("transfer-encoding");
  });

  it("tells of a source that fails in its own words, and the daemon never gets a whole body", async () => {
    const { client, requests } = await fakeDaemon({ "POST /1.0/x": begun() });
    const why = new LxdError({ code: "content-mismatch", why: "the file changed" });
    const stream = Readable.from(
      (async function* () {
        yield Buffer.from("abc");
        await new Promise((resolve) => setTimeout(resolve, 20));
        throw why;
      })(),
      { objectMode: false },
    );
    const upload = { stream, sizeBytes: undefined, headers: {} };
    expect(await failure(client.change({ method: "POST", path: "/1.0/x", upload }))).toBe(why);
    expect(requests.map(({ body }) => body)).toEqual(["abc"]);
  });

  it("is told of a source that is shorter than it said", async () => {
    const { client } = await fakeDaemon({ "POST /1.0/x": begun() });
    const upload = { stream: Readable.from([Buffer.from("abc")]), sizeBytes: 5, headers: {} };
    const thrown = await failure(client.change({ method: "POST", path: "/1.0/x", upload }));
    expect(thrown.code).toBe("content-mismatch");
    expect(thrown.message).toContain("the content does not have its announced length");
  });
});

describe("an answer that comes before the upload is over", () => {
  const mebibyte = Buffer.alloc(1024 * 1024);
  const endless = (): Readable =>
    Readable.from(
      (function* () {
        for (let i = 0; i < 256; i++) yield mebibyte;
      })(),
      { objectMode: false },
    );

  it("is read, and ends the upload", async () => {
    const { client } = await fakeDaemon({
      "POST /1.0/x": (request, response) => {
        request.pause();
        error(404, "Project not found")(request, response);
        // As Go's server does: the sending side is closed first, and the rest a little later.
        request.socket.end();
        setTimeout(() => request.socket.destroy(), 100);
      },
    });
    const stream = endless();
    const upload = { stream, sizeBytes: 256 * mebibyte.length, headers: {} };
    const thrown = await failure(client.change({ method: "POST", path: "/1.0/x", upload }));
    expect(thrown.message).toBe("Project not found [not-found] (POST /1.0/x → 404)");
    expect(stream.destroyed).toBe(true);
  });

  it("is an error even when the daemon just goes away", async () => {
    const { client } = await fakeDaemon({
      "POST /1.0/x": (request) => request.once("data", () => request.socket.destroy()),
    });
    const stream = endless();
    const upload = { stream, sizeBytes: 256 * mebibyte.length, headers: {} };
    const thrown = await failure(client.change({ method: "POST", path: "/1.0/x", upload }));
    expect(thrown.code).toBe("unavailable");
    expect(thrown.message).toMatch(
      /the connection to the daemon broke: .* \[unavailable\] \(POST \/1\.0\/x → no answer\)/,
    );
    expect(stream.destroyed).toBe(true);
  });
});

describe("an upload to nobody", () => {
  it.each(["/no/such.socket", `/${"x".repeat(200)}`])("lets go of the content: %s", async (socket) => {
    const stream = Readable.from([Buffer.from("abc")]);
    const client = new Client(new UnixTransport(socket));
    await failure(client.change({ method: "POST", path: "/1.0/x", upload: { stream, sizeBytes: 3, headers: {} } }));
    expect(stream.destroyed).toBe(true);
  });
});
