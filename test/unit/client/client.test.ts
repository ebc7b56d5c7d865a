// One request and its answer: envelopes, errors in the daemon's words, and what is absent as opposed to unreachable.
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { failure } from "../failure";
import { begun, error, fakeDaemon, sync } from "./fake-daemon";

const thing = z.object({ name: z.string(), size: z.number() });

const awayWords =
  'Post "https://127.0.0.43:8443/1.0/instances?project=default&target=t3": Unable to connect to: 127.0.0.43:8443 ([dial tcp 127.0.0.43:8443: connect: connection refused])';

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
    expect(message).toMatch(/^the daemon's response cannot be parsed: name: .*; size: .* \[failed\] \(GET \/1\.0\/x/);
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
    // What members of a cluster said of one that had been killed.
    [500, "Server isn't ready yet", "unavailable"],
    [500, "Missing event connection with target cluster member", "unavailable"],
    [500, awayWords, "unavailable"],
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
    expect(advice?.startsWith("This client lacks the permission.") ?? false).toBe(
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
    expect(thrown.message).toContain(`the response is not from an LXD or Incus daemon: ${JSON.stringify(body)}`);
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
