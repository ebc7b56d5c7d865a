// Operations are followed to their end: in both forms that servers report it, with a deadline, and over bad progress.
import { describe, expect, it } from "vitest";
import { describeProgress } from "../../../provider/lxd/client/core/operations";
import { LxdError } from "../../../provider/base/errors";
import { begun, error, type FakeDaemon, fakeDaemon, later, operation, sync } from "./fake-daemon";

const wait = "GET /1.0/operations/op/wait";
const look = "GET /1.0/operations/op";

async function outcome({ client }: FakeDaemon, options: object = {}): Promise<unknown> {
  return client.change({ method: "POST", path: "/1.0/x", json: {}, ...options }).catch((thrown: unknown) => thrown);
}

function messageOf(thrown: unknown): string {
  expect(thrown).toBeInstanceOf(LxdError);
  return (thrown as LxdError).message;
}

describe("an operation that fails", () => {
  it("is told in the daemon's words in the old form: an error with HTTP 200", async () => {
    const daemon = await fakeDaemon({ "POST /1.0/x": begun(), [wait]: error(409, "Alias exists", 200) });
    expect(messageOf(await outcome(daemon))).toBe("Alias exists [already-exists] (POST /1.0/x → 409)");
  });

  it("is told in the daemon's words in the new form: an operation that failed", async () => {
    const failed = operation({ status_code: 400, err: "Storage pool is broken" });
    const daemon = await fakeDaemon({ "POST /1.0/x": begun(), [wait]: sync(failed) });
    expect(messageOf(await outcome(daemon))).toBe("Storage pool is broken [failed] (POST /1.0/x → 500)");
  });

  it("may have been cancelled", async () => {
    const cancelled = operation({ status_code: 401, err: "" });
    const daemon = await fakeDaemon({ "POST /1.0/x": begun(), [wait]: sync(cancelled) });
    expect(messageOf(await outcome(daemon))).toBe("the operation was cancelled [failed] (POST /1.0/x → 500)");
  });
});

describe("an operation that takes too long", () => {
  const late = "the daemon did not finish within 1 s and is still working [timeout] (POST /1.0/x → no answer)";

  it("is left alone in the old form", async () => {
    const daemon = await fakeDaemon({
      "POST /1.0/x": begun(),
      [wait]: error(500, "context deadline exceeded", 200),
      [look]: sync(operation()),
    });
    expect(messageOf(await outcome(daemon, { deadlineMs: 1000 }))).toBe(late);
  });

  it("is left alone in the new form", async () => {
    const daemon = await fakeDaemon({ "POST /1.0/x": begun(), [wait]: sync(operation()) });
    expect(messageOf(await outcome(daemon, { deadlineMs: 1000 }))).toBe(late);
  });

  it("is not confused with one that failed with the same words", async () => {
    const failed = operation({ status_code: 400, err: "context deadline exceeded" });
    const daemon = await fakeDaemon({
      "POST /1.0/x": begun(),
      [wait]: error(500, "context deadline exceeded", 200),
      [look]: sync(failed),
    });
    expect(messageOf(await outcome(daemon))).toBe("context deadline exceeded [failed] (POST /1.0/x → 500)");
  });
});

describe("an operation whose end is not seen", () => {
  const unknown = /the result of the operation is unknown \[unavailable\]/;

  it("is no success and no failure when the connection breaks", async () => {
    const daemon = await fakeDaemon({
      "POST /1.0/x": begun(),
      [wait]: (request, response) => {
        response.flushHeaders();
        setTimeout(() => request.socket.destroy(), 20);
      },
    });
    expect(messageOf(await outcome(daemon))).toMatch(unknown);
  });

  it("is no success and no failure when the daemon is gone", async () => {
    const daemon = await fakeDaemon({ "POST /1.0/x": begun(), [wait]: (request) => request.socket.destroy() });
    expect(messageOf(await outcome(daemon))).toMatch(unknown);
  });

  it("does not count as an object that is gone when the daemon has forgotten it", async () => {
    const daemon = await fakeDaemon({ "POST /1.0/x": begun(), [wait]: error(404, "Operation not found") });
    expect(messageOf(await outcome(daemon))).toMatch(unknown);
  });
});

describe("progress", () => {
  const done = sync(operation({ status_code: 200 }));

  it("is shown while it goes on", async () => {
    const texts: unknown[] = [];
    const daemon = await fakeDaemon({
      "POST /1.0/x": begun(),
      [wait]: later(1600, done),
      [look]: sync(operation({ metadata: { download_progress: "37%" } })),
    });
    await outcome(daemon, { onProgress: (text: unknown) => texts.push(text) });
    expect(texts).toEqual(["downloading 37%"]);
  });

  it.each([
    [{ download_progress: "rootfs: 37% (1.07MB/s)" }, "downloading rootfs: 37% (1.07MB/s)"],
    [{ create_instance_from_image_unpack_progress: "Unpacking image: 4%" }, "Unpacking image: 4%"],
    [{ create_image_from_container_pack_progress: "Image pack: 12%" }, "Image pack: 12%"],
    [{ fs_progress: "one: 1.2GB (3MB/s)", fingerprint: "abc" }, "copying one: 1.2GB (3MB/s)"],
    [{ fingerprint: "abc", other_progress: 7, empty_progress: "" }, ""],
  ])("of %j reads %j", (metadata, text) => {
    expect(describeProgress(metadata)).toBe(text);
  });

  it.each([
    ["refused", error(403, "not authorized")],
    ["nonsense", sync({ nothing: true })],
    ["no longer there", error(404, "Operation not found")],
  ])("that is %s changes nothing about the outcome", async (_name, answer) => {
    const daemon = await fakeDaemon({ "POST /1.0/x": begun(), [wait]: later(1600, done), [look]: answer });
    expect(await outcome(daemon, { onProgress: () => undefined })).toMatchObject({ status_code: 200 });
  });
});
