// Instances that are not made: what is refused at once, and what in the operation.
import { beforeAll, expect, it } from "vitest";

import { describeEachDaemon, postInstance, ROOT, uploadImage } from "../harness";

const RECORD = "Failed creating instance record: ";
const INIT = `${RECORD}Failed initializing instance: `;
const DEVICES = `${INIT}Invalid devices: Device validation failed for `;

describeEachDaemon("refused instances", (daemon) => {
  let fingerprint = "";
  const post = async (more: object) => {
    const { status, body } = await postInstance(daemon, "refused", more);
    return [status, body.error];
  };

  beforeAll(async () => {
    fingerprint = await uploadImage(daemon, "image");
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
    // LXD puts the name in, and 5.0 allows no digit at the beginning.
    if (daemon.isModel) expect(error).toBe(`Invalid instance name: ${reason}`);
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
    // LXD answers some of these with other codes.
    if (daemon.isModel) expect(code).toBe(status);
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
    ["a bad boolean", { config: { "migration.stateful": "maybe" } }, `${RECORD}Invalid value for a boolean "maybe"`],
    [
      "an image that is not here",
      { source: { type: "image", alias: "nope" } },
      "Image not provided for instance creation",
    ],
  ])("fails in the operation with %s", async (_what, more, error) => {
    const isKernelLimit = "config" in more && "limits.kernel.nofile" in more.config;
    if (daemon.kind === "lxd" && isKernelLimit) {
      // LXD 5.0 takes them, to no effect.
      expect(await daemon.settle(postInstance(daemon, "failed", more))).toMatchObject({ ok: true });
      await daemon.settle(daemon.raw.delete(`/1.0/instances/${daemon.name("failed")}`));
      return;
    }
    const outcome = await daemon.settle(postInstance(daemon, "failed", more));
    expect(outcome).toMatchObject({ ok: false });
    // LXD words these a little differently from version to version; Incus 6.0 is what is emulated.
    if (daemon.isModel) {
      // Of two devices at odds, the real daemon names now the one and now the other.
      expect(outcome.error.replace('"root2"', '"root"')).toBe(error);
      expect(outcome.wasAsync).toBe(true);
    }
    expect((await daemon.raw.get(`/1.0/instances/${daemon.name("failed")}`)).status).toBe(404);
  });

  it("fails for an image of the other type", async () => {
    const outcome = await daemon.settle(postInstance(daemon, "mismatch", { source: { type: "image", fingerprint } }));
    const error = `Requested image's type "container" doesn't match instance type "virtual-machine"`;
    expect(outcome).toMatchObject({ ok: false, error });
  });
});
