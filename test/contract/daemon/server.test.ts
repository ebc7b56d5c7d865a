// What every daemon answers before any object is involved: envelopes, server information, paths and methods.
import { expect, it } from "vitest";

import { at, describeEachDaemon, textAt } from "../harness";

const ENVELOPE = { status: "", status_code: 0, operation: "", metadata: null };

describeEachDaemon("server", (daemon) => {
  it("lists its API versions", async () => {
    const { status, headers, body } = await daemon.raw.get("/");
    expect(status).toBe(200);
    expect(headers["content-type"]).toBe("application/json");
    expect(body).toEqual({
      type: "sync",
      status: "Success",
      status_code: 200,
      operation: "",
      error_code: 0,
      error: "",
      metadata: ["/1.0"],
    });
  });

  it("says what it is", async () => {
    const { status, body } = await daemon.raw.get("/1.0");
    expect(status).toBe(200);
    expect(body.metadata).toMatchObject({ api_status: "stable", api_version: "1.0", auth: "trusted", public: false });
    expect(at(body, "metadata", "environment")).toMatchObject({
      server: daemon.product,
      server_clustered: false,
      project: "default",
      kernel_architecture: "x86_64",
      storage: "dir",
    });
    expect(textAt(body, "metadata", "environment", "driver")).toContain("qemu");
    const drivers = at(body, "metadata", "environment", "storage_supported_drivers");
    expect(drivers).toContainEqual(expect.objectContaining({ Name: "dir", Remote: false }));
    expect(at(body, "metadata", "api_extensions")).toEqual(expect.arrayContaining(["instances", "etag", "projects"]));
  });

  it("tells Incus and LXD apart by extensions", () => {
    expect(daemon.has("restrict_dev_incus")).toBe(daemon.product === "incus");
    expect(daemon.has("restrict_devlxd")).toBe(daemon.product === "lxd");
  });

  it.each(["/nope", "/1.0/nope", "/1.0/instances/", "/1.0/storage-pools/default/volumes/custom/a/b"])(
    "does not know the path %s",
    async (path) => {
      const { status, body } = await daemon.raw.get(path);
      expect(status).toBe(404);
      expect(body).toEqual({ ...ENVELOPE, type: "error", error_code: 404, error: "not found" });
    },
  );

  it("does not know a method of a path that it knows", async () => {
    const { status, body } = await daemon.raw.delete("/1.0");
    expect(status).toBe(501);
    expect(body).toEqual({ ...ENVELOPE, type: "error", error_code: 501, error: "not implemented" });
  });

  it.each([
    ["", "EOF"],
    ['{"name', "unexpected EOF"],
    ["hello", "invalid character 'h' looking for beginning of value"],
    ["[]", "json: cannot unmarshal array into Go value of type api.InstancesPost"],
    ['{"name":5}', "json: cannot unmarshal number into Go struct field InstancesPost.name of type string"],
    ['{"config":{"a":5}}', "json: cannot unmarshal number into Go struct field InstancesPost.config of type string"],
    ['{"config":{"a":true}}', "json: cannot unmarshal bool into Go struct field InstancesPost.config of type string"],
  ])("refuses the body %s", async (body, error) => {
    const reply = await daemon.raw.post("/1.0/instances", body, { "Content-Type": "application/json" });
    expect(reply.status).toBe(400);
    // Incus 7 takes numbers and booleans as values of a config, and then finds no source.
    if (!daemon.isModel && reply.body.error === "Unknown source type ") return;
    // LXD embeds the fields in another struct, and says so from some version on.
    const words = error.replace(
      "InstancesPost.config",
      daemon.product === "lxd" ? "(InstancesPost|InstancePut).config" : "InstancesPost.config",
    );
    expect(reply.body.error).toMatch(new RegExp(`^${words.replaceAll(/[.'\[\]]/g, "\\$&").replaceAll("\\.", ".")}$`));
  });
});
