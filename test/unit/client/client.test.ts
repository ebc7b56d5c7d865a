// One request and its answer: envelopes, errors in the daemon's words, and what is absent as opposed to unreachable.
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { Client } from "../../../provider/client/client";
import { UnixTransport } from "../../../provider/client/unix-transport";
import { LxdError } from "../../../provider/errors";
import { begun, error, fakeDaemon, operation, sync } from "./fake-daemon";

const thing = z.object({ name: z.string(), size: z.number() });

async function failure(work: Promise<unknown>): Promise<LxdError> {
  const thrown: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(thrown).toBeInstanceOf(LxdError);
  return thrown as LxdError;
}

describe("an object", () => {
  it("comes with its ETag, and may have fields that nobody knows", async () => {
    const { client, requests } = await fakeDaemon({
      "GET /1.0/x": sync({ name: "a", size: 1, new: 2 }, { ETag: "e" }),
    });
    expect(await client.get("/1.0/x", thing, { project: "p q", target: undefined })).toEqual({
      value: { name: "a", size: 1 },
      etag: "e",
    });
    expect(requests.map(({ line }) => line)).toEqual(["GET /1.0/x?project=p+q"]);
  });

  it("that is not as it should be is an error that names the fields", async () => {
    const { client } = await fakeDaemon({ "GET /1.0/x": sync({ name: 5 }) });
    const { code, message } = await failure(client.get("/1.0/x", thing));
    expect(code).toBe("failed");
    expect(message).toMatch(/^the daemon's answer is not understood: name: .*; size: .* \[failed\] \(GET \/1\.0\/x/);
  });

  it("that is not there is undefined", async () => {
    const { client } = await fakeDaemon({ "GET /1.0/x": error(404, "Storage pool volume not found") });
    expect(await client.find("/1.0/x", thing)).toBeUndefined();
  });

  it.each([
    'Failed to fetch instance "x" in project "default": Instance not found',
    "Instance not found",
    'Storage volume "x" in project "default" of type "custom" on pool "default": Storage volume not found',
    'Image "x" not found',
    "Image alias not found",
  ])("is not there when the daemon says: %s", async (text) => {
    const { client } = await fakeDaemon({ "GET /1.0/x": error(404, text) });
    expect(await client.find("/1.0/x", thing)).toBeUndefined();
  });

  it.each([
    "Project not found",
    'Failed to load project "x": Project not found',
    "Check if project has images: fetch project: Project not found",
    "Storage pool not found",
    "Cluster member not found",
  ])("is not known to be gone when what holds it is: %s", async (text) => {
    const { client } = await fakeDaemon({ "GET /1.0/x": error(404, text) });
    const { code, message } = await failure(client.find("/1.0/x", thing));
    expect([code, message]).toEqual(["not-found", `${text} [not-found] (GET /1.0/x → 404)`]);
  });
});

describe("a refusal", () => {
  it.each([
    [401, "x", "permission-denied"],
    [403, "not authorized", "permission-denied"],
    [404, "x", "not-found"],
    [409, "x", "already-exists"],
    [412, "ETag doesn't match: a vs b", "conflict"],
    [501, "not implemented", "unsupported"],
    [503, "Daemon is starting up", "unavailable"],
    [400, "The storage volume is still in use", "in-use"],
    [400, "Invalid instance name", "invalid-argument"],
    [500, 'Instance "x" already exists', "already-exists"],
    [500, "UNIQUE constraint failed: instances.project_id", "already-exists"],
    [500, 'User does not have permissions for project "p"', "permission-denied"],
    [500, "Certificate is restricted", "permission-denied"],
    [500, "Invalid option", "failed"],
  ] as const)("with %d and %j is %s", async (status, text, code) => {
    const { client } = await fakeDaemon({ "GET /1.0/x": error(status, text) });
    const thrown = await failure(client.get("/1.0/x", thing));
    expect(thrown.code).toBe(code);
    const [first, advice] = thrown.message.split("\n");
    expect(first).toBe(`${text} [${code}] (GET /1.0/x → ${status})`);
    expect(advice?.startsWith("This client may not do that.") ?? false).toBe(
      code === "permission-denied" && status !== 401,
    );
  });

  it("is one by its type, whatever the HTTP status", async () => {
    const { client } = await fakeDaemon({ "GET /1.0/x": error(409, "taken", 200) });
    expect((await failure(client.get("/1.0/x", thing))).message).toBe("taken [already-exists] (GET /1.0/x → 409)");
  });

  it.each(["", "<html>", "[]", '{"type":"new"}', '{"type":"error"}'])("that is %j is no daemon's", async (body) => {
    const { client } = await fakeDaemon({ "GET /1.0/x": (_request, response) => response.end(body) });
    const thrown = await failure(client.get("/1.0/x", thing));
    expect(thrown.code).toBe("unavailable");
    expect(thrown.message).toContain(`the answer is not that of an LXD or Incus daemon: ${JSON.stringify(body)}`);
    expect(thrown.details.advice).toBe("Check that the socket belongs to LXD or Incus.");
  });

  it("of a read that begins an operation is told", async () => {
    const { client } = await fakeDaemon({ "GET /1.0/x": begun() });
    expect((await failure(client.get("/1.0/x", thing))).message).toContain('answered with type "async"');
  });
});

describe("a text", () => {
  it("is no envelope", async () => {
    const { client } = await fakeDaemon({ "GET /1.0/log": (_request, response) => response.end('{"type":"sync"}') });
    expect(await client.text("/1.0/log", { project: "p" })).toBe('{"type":"sync"}');
  });

  it("that cannot be had is an error in the daemon's words", async () => {
    const { client } = await fakeDaemon({ "GET /1.0/log": error(500, "Instance is not container type") });
    expect((await failure(client.text("/1.0/log"))).message).toBe(
      "Instance is not container type [failed] (GET /1.0/log → 500)",
    );
  });
});

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
    expect(thrown.message).toContain("the content is not as long as it was said to be");
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

describe("what the server is", () => {
  const info = { api_extensions: ["custom_volume_iso"], auth: "trusted", environment: { server: "incus" } };

  it("is asked once for all who want to know", async () => {
    const { client, requests } = await fakeDaemon({ "GET /1.0": sync(info) });
    const [first, second] = await Promise.all([client.info(), client.info()]);
    expect(first).toBe(second);
    expect(first.product).toBe("incus");
    expect(requests).toHaveLength(1);
  });

  it("is asked again after a failure", async () => {
    let count = 0;
    const { client } = await fakeDaemon({
      "GET /1.0": (request, response) =>
        (count++ === 0 ? error(500, "database is locked") : sync(info))(request, response),
    });
    expect((await failure(client.info())).message).toContain("database is locked [failed]");
    expect((await client.info()).product).toBe("incus");
  });
});
