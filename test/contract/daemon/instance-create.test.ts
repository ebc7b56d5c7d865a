// Making instances: what is refused at once, what in the operation, and what comes of it.
import { beforeAll, expect, it } from "vitest";

import { describeEachDaemon, makeInstance, objectAt, postInstance, ROOT, textAt, uploadImage } from "../harness";

const RECORD = "Failed creating instance record: ";
const INIT = `${RECORD}Failed initializing instance: `;
const DEVICES = `${INIT}Invalid devices: Device validation failed for `;

describeEachDaemon("instance creation", (daemon) => {
  let fingerprint = "";
  const post = async (more: object) => {
    const { status, body } = await postInstance(daemon, "refused", more);
    return [status, body.error];
  };

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

  it.each([
    ["-a", 'Name must not start with "-" character'],
    ["a-", 'Name must not end with "-" character'],
    ["1234", "Name cannot be a number"],
    ["a_b", "Name can only contain alphanumeric and hyphen characters"],
    ["a.b", "Name can only contain alphanumeric and hyphen characters"],
    ["x".repeat(64), "Name must be 1-63 characters long"],
  ])("refuses the name %s", async (name, reason) => {
    const [code, error] = await post({ name });
    expect(code).toBe(400);
    // LXD 5.0 allows no digit at the beginning.
    if (daemon.kind !== "lxd" || name !== "1234") expect(error).toBe(`Invalid instance name: ${reason}`);
  });

  it.each([
    [{ type: "nope" }, 400, /^Invalid instance type$/],
    [{ source: { type: "nope" } }, 400, /^Unknown source type nope$/],
    [{ source: { type: "image" } }, 500, /^Must specify one of alias, fingerprint or properties for init from image$/i],
    [{ source: { type: "copy" } }, 400, /^[Mm]ust specify a source (instance|container)$/],
    [{ source: { type: "copy", source: "nope" } }, 404, /Instance not found$/],
    [{ profiles: ["nope"] }, 500, /^Requested profile "nope" doesn't exist$/],
    [{ architecture: "nope" }, 500, /^Architecture isn't supported: nope$/],
  ])("refuses at once %o", async (more, status, error) => {
    const [code, text] = await post(more);
    // LXD 5.0 answers some of these with other codes.
    if (daemon.kind !== "lxd") expect(code).toBe(status);
    expect(text).toMatch(error);
  });

  it("refuses a project that does not exist", async () => {
    const reply = await daemon.raw.post("/1.0/instances?project=nope", { name: "a", source: { type: "none" } });
    expect([reply.status, reply.body.error]).toEqual([404, "Failed loading project: Project not found"]);
    const list = await daemon.raw.get("/1.0/instances?project=nope");
    expect([list.status, list.body.metadata]).toEqual([200, []]);
  });

  const disk = { type: "disk", pool: "default", source: "x" };

  it.each([
    ["no root disk", { devices: {} }, `${INIT}Failed getting root disk: No root device could be found`],
    [
      "a root in no pool",
      { devices: { root: { ...ROOT, pool: "nope" } } },
      `${INIT}Failed loading storage pool: Storage pool not found`,
    ],
    [
      "a root without a pool",
      { devices: { root: { type: "disk", path: "/" } } },
      `${DEVICES}"root": Root disk entry must have a "pool" property set`,
    ],
    [
      "two roots",
      { devices: { root: ROOT, root2: ROOT } },
      `${DEVICES}"root": More than one disk device uses the same path "/"`,
    ],
    [
      "a bad size",
      { devices: { root: { ...ROOT, size: "12 apples" } } },
      `${DEVICES}"root": Invalid value for device option "size": Invalid value: 12 apples`,
    ],
    [
      "an unknown device type",
      { devices: { root: ROOT, d: { type: "bogus" } } },
      `${RECORD}Invalid device type "bogus"`,
    ],
    [
      "an unknown option",
      { devices: { root: ROOT, d: { ...disk, foo: "1" } } },
      `${DEVICES}"d": Invalid device option "foo"`,
    ],
    [
      "a bad priority",
      { devices: { root: ROOT, d: { ...disk, "boot.priority": "x" } } },
      `${DEVICES}"d": Invalid value for device option "boot.priority": Invalid value for uint32 "x": strconv.ParseUint: parsing "x": invalid syntax`,
    ],
    [
      "a size on no root",
      { devices: { root: ROOT, d: { ...disk, size: "1MiB" } } },
      `${DEVICES}"d": Only the root disk may have a size quota`,
    ],
    [
      "a disk of nothing",
      { devices: { root: ROOT, d: { type: "disk" } } },
      `${DEVICES}"d": Disk entry is missing the required "source" or "path" property`,
    ],
    [
      "a missing file",
      { devices: { root: ROOT, d: { type: "disk", source: "/nope.iso" } } },
      `${INIT}Failed add validation for device "d": Missing source path "/nope.iso" for disk "d"`,
    ],
    ["an unknown key", { config: { "foo.bar": "1" } }, `${INIT}Invalid config: Unknown configuration key: foo.bar`],
    [
      "an unknown key on a container",
      { type: "container", config: { foo: "1" } },
      `${RECORD}Unknown configuration key: foo`,
    ],
    [
      "a machine's key on a container",
      { type: "container", config: { "security.secureboot": "false" } },
      `${RECORD}Unknown configuration key: security.secureboot`,
    ],
    [
      "a container's key on a machine",
      { config: { "limits.kernel.nofile": "3" } },
      `${RECORD}limits.kernel.nofile isn't supported for VMs`,
    ],
    ["bad memory", { config: { "limits.memory": "12 apples" } }, `${RECORD}Invalid value: 12 apples`],
    ["bad CPUs", { config: { "limits.cpu": "abc" } }, `${RECORD}Invalid CPU limit syntax`],
    ["a bad boolean", { config: { "security.secureboot": "maybe" } }, `${RECORD}Invalid value for a boolean "maybe"`],
    [
      "an image that is not here",
      { source: { type: "image", alias: "nope" } },
      "Image not provided for instance creation",
    ],
  ])("fails in the operation with %s", async (_what, more, error) => {
    // LXD 5.0 takes them, to no effect.
    if (daemon.kind === "lxd" && "config" in more && "limits.kernel.nofile" in more.config) return;
    const outcome = await daemon.settle(postInstance(daemon, "failed", more));
    expect(outcome).toMatchObject({ ok: false });
    // LXD words these a little differently from version to version; Incus 6.0 is what is emulated.
    if (daemon.kind !== "lxd") expect(outcome).toMatchObject({ wasAsync: true, error });
    expect((await daemon.raw.get(`/1.0/instances/${daemon.name("failed")}`)).status).toBe(404);
  });

  it("fails for an image of the other type", async () => {
    const outcome = await daemon.settle(postInstance(daemon, "mismatch", { source: { type: "image", fingerprint } }));
    const error = `Requested image's type "container" doesn't match instance type "virtual-machine"`;
    expect(outcome).toMatchObject({ ok: false, error });
  });
});
