// The embedded daemon as servers of other makes and ages.
import { describe, expect, it } from "vitest";

import { at, tinyImage, tinyIso } from "../harness";
import { clientOf, CUSTOM, isoHeaders, useEmbedded } from "../harness/embedded";
import { settle } from "../harness/operation";

const embedded = useEmbedded();

describe("embedded daemon as other servers", () => {
  it("is a server without ISO volumes", async () => {
    const raw = clientOf(await embedded.start({ server: "lxd", withoutExtensions: ["custom_volume_iso"] }));
    const reply = await raw.post(CUSTOM, tinyIso(), isoHeaders("iso", "X-LXD"));
    expect([reply.status, reply.body.error]).toEqual([500, "Unsupported compression"]);
  });

  it("writes volumes and profiles in operations where newer LXD does", async () => {
    const raw = clientOf(await embedded.start({ server: "lxd", withExtensions: ["storage_and_profile_operations"] }));
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

  it("fails an upload that would end a real daemon: properties for an image without a map of them", async () => {
    const raw = clientOf(await embedded.start());
    const headers = { "Content-Type": "application/octet-stream", "X-Incus-properties": "a=b" };
    const outcome = await settle(raw, await raw.post("/1.0/images", tinyImage(), headers));
    expect(outcome).toMatchObject({ ok: false });
    expect(outcome.error).toMatch(/^assignment to entry in nil map/);
    const withMap = tinyImage({ properties: { os: "tiny" } });
    expect(await settle(raw, await raw.post("/1.0/images", withMap, headers))).toMatchObject({ ok: true });
  });

  it("tells of a failed operation as newer Incus does", async () => {
    const raw = clientOf(await embedded.start({ failedWait: "operation" }));
    const { body } = await raw.post(CUSTOM, Buffer.alloc(0), isoHeaders("iso"));
    const waited = await raw.get(`${body.operation ?? ""}/wait`);
    expect(waited.body).toMatchObject({ type: "sync", metadata: { status: "Failure", status_code: 400 } });
    expect(at(waited.body, "metadata", "err")).toContain("Size cannot be zero");
  });
});
