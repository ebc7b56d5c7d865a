// Making instances: what comes of nothing, of an image and of another instance.
import { beforeAll, expect, it } from "vitest";

import { describeEachDaemon, makeInstance, objectAt, postInstance, ROOT, textAt, uploadImage } from "../harness";

describeEachDaemon("instance creation", (daemon) => {
  let fingerprint = "";
  beforeAll(async () => {
    fingerprint = await uploadImage(daemon, "image");
  });

  it("makes a stopped, blank machine with keys of the daemon's own", async () => {
    const path = await makeInstance(daemon, "blank", { description: "of a test", config: { "user.a": "b" } });
    const instance = await objectAt(daemon, path);
    expect(instance).toMatchObject({
      name: daemon.name("blank"),
      type: "virtual-machine",
      status: "Stopped",
      status_code: 102,
      description: "of a test",
      architecture: "x86_64",
      ephemeral: false,
      profiles: [],
      devices: { root: ROOT },
      expanded_devices: { root: ROOT },
      location: "none",
      project: "default",
      last_used_at: "1970-01-01T00:00:00Z",
    });
    expect(instance["config"]).toMatchObject({ "user.a": "b", "volatile.apply_template": "create" });
    expect(textAt(instance["config"], "volatile.uuid")).toMatch(/^[0-9a-f-]{36}$/);
    expect(textAt(instance["config"], "volatile.cloud-init.instance-id")).toMatch(/^[0-9a-f-]{36}$/);
    expect(instance["expanded_config"]).toEqual(instance["config"]);
  });

  it("makes a container of an image, with the image's properties and profiles", async () => {
    const source = { type: "image", fingerprint };
    const path = await makeInstance(daemon, "imaged", { type: "container", source, config: {}, profiles: null });
    const instance = await objectAt(daemon, path);
    expect(instance).toMatchObject({ type: "container", profiles: ["default"], status: "Stopped" });
    expect(instance["config"]).toMatchObject({
      "image.os": "tiny",
      "image.run": daemon.name("image"),
      "volatile.base_image": fingerprint,
    });
  });

  it("makes one of an alias, too", async () => {
    const alias = daemon.name("alias");
    await daemon.raw.post("/1.0/images/aliases", { name: alias, target: fingerprint });
    const source = { type: "image", alias };
    const path = await makeInstance(daemon, "aliased", { type: "container", source, config: {} });
    expect((await objectAt(daemon, path))["config"]).toMatchObject({ "volatile.base_image": fingerprint });
  });

  it("copies an instance with a new identity", async () => {
    const from = await makeInstance(daemon, "original", { config: { "user.a": "1", "user.b": "2" } });
    const source = { type: "copy", source: daemon.name("original") };
    const outcome = await daemon.settle(
      daemon.raw.post("/1.0/instances", { name: daemon.name("copy"), source, config: { "user.b": "3" } }),
    );
    expect(outcome).toMatchObject({ ok: true });
    const [original, copy] = [
      await objectAt(daemon, from),
      await objectAt(daemon, `/1.0/instances/${daemon.name("copy")}`),
    ];
    expect(copy).toMatchObject({ type: "virtual-machine", devices: original["devices"], profiles: [] });
    expect(copy["config"]).toMatchObject({ "user.a": "1", "user.b": "3", "volatile.apply_template": "copy" });
    expect(textAt(copy["config"], "volatile.uuid")).not.toBe(textAt(original["config"], "volatile.uuid"));
  });

  it("finds a name where none is given", async () => {
    const { body } = await postInstance(daemon, "unused", { name: "" });
    const [url = ""] = (body.metadata as { resources: { instances: string[] } }).resources.instances;
    await daemon.raw.get(`${body.operation ?? ""}/wait`);
    expect(url).toMatch(/^\/1\.0\/instances\/[a-z]+-[a-z]+$/);
    expect(await daemon.settle(daemon.raw.delete(url))).toMatchObject({ ok: true });
  });
});
