// Operations: what an accepted write answers, how it is waited for, and how long it can be looked at.
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";

import { at, describeEachDaemon, type RawReply, textAt } from "../harness";

describeEachDaemon("operations", (daemon) => {
  /** Something that takes a moment and goes well. */
  const begin = (suffix: string): Promise<RawReply> =>
    daemon.raw.post("/1.0/instances", {
      name: daemon.name(suffix),
      type: "virtual-machine",
      source: { type: "none" },
      profiles: [],
      devices: { root: { type: "disk", path: "/", pool: "default", size: "8MiB" } },
    });

  it("answers 202 with the operation and its place", async () => {
    const { status, headers, body } = await begin("accepted");
    const url = body.operation ?? "";
    expect(status).toBe(202);
    expect(headers.location).toBe(url);
    expect(url).toMatch(/^\/1\.0\/operations\/[0-9a-f-]{36}$/);
    expect(body).toMatchObject({ type: "async", status: "Operation created", status_code: 100, error_code: 0 });
    expect(body.metadata).toMatchObject({
      id: url.split("/").at(-1),
      class: "task",
      description: "Creating instance",
      status: "Running",
      status_code: 103,
      may_cancel: false,
      err: "",
      location: "none",
      resources: { instances: [`/1.0/instances/${daemon.name("accepted")}`] },
    });
    if (daemon.isModel) expect(body.metadata).toMatchObject({ metadata: null });
  });

  it("can be waited for, and is a success then", async () => {
    const { body } = await begin("waited");
    const waited = await daemon.raw.get(`${body.operation ?? ""}/wait?timeout=60`);
    expect(waited.status).toBe(200);
    expect(waited.body).toMatchObject({ type: "sync", status_code: 200 });
    expect(waited.body.metadata).toMatchObject({ status: "Success", status_code: 200, err: "" });
  });

  it("fails with the daemon's reason", async () => {
    await daemon.settle(begin("twice"));
    const outcome = await daemon.settle(begin("twice"));
    expect(outcome.ok).toBe(false);
    expect(outcome.error).toMatch(
      /UNIQUE constraint failed: instances|"instances" entry already exists|Instance ".*" already exists/,
    );
  });

  it("is listed by its status", async () => {
    const { body } = await begin("listed");
    await daemon.raw.get(`${body.operation ?? ""}/wait`);
    const urls = await daemon.raw.get("/1.0/operations");
    expect(at(urls.body, "metadata", "success")).toContain(body.operation);
    const full = await daemon.raw.get("/1.0/operations?recursion=1");
    const ids = (at(full.body, "metadata", "success") as { id: string }[]).map((operation) => operation.id);
    expect(ids).toContain(textAt(body, "metadata", "id"));
  });

  it("is forgotten five seconds after its end", async () => {
    const { body } = await begin("forgotten");
    const url = body.operation ?? "";
    await daemon.raw.get(`${url}/wait`);
    expect((await daemon.raw.get(url)).status).toBe(200);
    await sleep(6000);
    for (const path of [url, `${url}/wait`]) {
      const gone = await daemon.raw.get(path);
      expect([gone.status, gone.body.error]).toEqual([404, "Operation not found"]);
    }
  });

  it("cannot be cancelled when it is over, or unknown", async () => {
    const { body } = await begin("over");
    const url = body.operation ?? "";
    await daemon.raw.get(`${url}/wait`);
    const over = await daemon.raw.delete(url);
    expect([over.status, over.body.error]).toEqual([400, "Only running operations can be cancelled"]);
    const unknown = await daemon.raw.delete("/1.0/operations/00000000-0000-0000-0000-000000000000");
    expect([unknown.status, unknown.body.error]).toEqual([404, "Operation not found"]);
  });
});
