// A program can load two copies of the package: each knows the resources, remotes and errors of the other.
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it, vi } from "vitest";
import * as errors from "../../../provider/base/errors";
import * as one from "../../../sdk";

type Copy = typeof one;
let other: Copy;
let otherErrors: typeof errors;
let sent: Map<string, Record<string, unknown>>;

beforeAll(async () => {
  sent = new Map();
  await pulumi.runtime.setMocks({
    newResource({ type, name, inputs }) {
      sent.set(`${type.split(":").at(-1) ?? ""} ${name}`, inputs as Record<string, unknown>);
      const known = { name: `the-${name}`, digest: `sha256:${name}`, createdAt: "then", __identity: "uuid" };
      return { id: name, state: { ...(inputs as object), ...known } };
    },
    call: () => ({}),
  });
  vi.resetModules();
  other = await import("../../../sdk/index.js");
  otherErrors = await import("../../../provider/base/errors.js");
  expect(other.IsoVolume).not.toBe(one.IsoVolume);
  expect(otherErrors.LxdError).not.toBe(errors.LxdError);
});

/** One of each class. */
const all: Record<string, (copy: Copy, name: string) => pulumi.Resource> = {
  IsoVolume: (lxd, name) => new lxd.IsoVolume(name, { pool: "default", source: { file: "a.iso" } }),
  GoldenImage: (lxd, name) => new lxd.GoldenImage(name, { iso: "a/b" }),
  Image: (lxd, name) => new lxd.Image(name, { source: { file: "a.tar" } }),
  Instance: (lxd, name) => new lxd.Instance(name, {}),
  InstanceSnapshot: (lxd, name) => new lxd.InstanceSnapshot(name, { instance: "a" }),
  Exec: (lxd, name) => new lxd.Exec(name, { instance: "a", command: ["true"] }),
  Network: (lxd, name) => new lxd.Network(name),
  Profile: (lxd, name) => new lxd.Profile(name),
  Project: (lxd, name) => new lxd.Project(name),
  StoragePool: (lxd, name) => new lxd.StoragePool(name, { driver: "dir" }),
  StorageVolume: (lxd, name) => new lxd.StorageVolume(name, { pool: "default" }),
};

interface ResourceClass {
  isInstance: (value: unknown) => boolean;
}
const classes = (copy: Copy): [string, ResourceClass & { [Symbol.hasInstance](value: unknown): boolean }][] =>
  Object.keys(all).map((name) => [name, copy[name as "IsoVolume"]]);

describe("two copies of the package", () => {
  it.each(Object.keys(all))("know %s, and nothing else as one", (kind) => {
    const made = all[kind]?.(other, `of-${kind.toLowerCase()}`);
    // Detached, as in `resources.filter(lxd.Instance.isInstance)`.
    const own = classes(one).filter(([, { isInstance }]) => isInstance(made));
    expect(own.map(([name]) => name)).toEqual([kind]);
    expect(classes(one).flatMap(([name, each]) => (made instanceof (each as never) ? [name] : []))).toEqual([kind]);
    for (const each of [undefined, null, "text", {}, pulumi.output(made)]) {
      expect(classes(one).some(([, known]) => known.isInstance(each))).toBe(false);
    }
  });

  it("leave a class that a program derives to itself", () => {
    class Special extends one.IsoVolume {}
    const args = { pool: "default", source: { file: "a.iso" } };
    const [plain, special] = [new one.IsoVolume("plain", args), new Special("special", args)];
    expect([plain instanceof Special, special instanceof Special]).toEqual([false, true]);
    expect([special instanceof one.IsoVolume, one.IsoVolume.isInstance(special)]).toEqual([true, true]);
  });

  it("take each other's volumes, machines and remotes as their own", async () => {
    const volume = new other.IsoVolume("iso", { pool: "default", source: { file: "a.iso" } });
    const machine = new other.Instance("vm", { cdroms: [{ volume }] });
    const remote = new other.Remote("build");
    new one.Instance("taker", { cdroms: [{ volume }], remote });
    new one.InstanceSnapshot("snap", { instance: machine });
    await pulumi.runtime.disconnect();
    const reference = { pool: "default", name: "the-iso", digest: "sha256:iso" };
    expect(sent.get("Instance taker")).toMatchObject({ cdroms: [{ volume: reference }], remote: { name: "build" } });
    expect(sent.get("InstanceSnapshot snap")).toMatchObject({ instance: "the-vm", __instance: "uuid" });
  });

  it("know each other's errors", () => {
    const error = new otherErrors.LxdError({ code: "conflict", why: "x" });
    expect(error instanceof errors.LxdError).toBe(true);
    expect(errors.isCode(error, "conflict")).toBe(true);
    expect(errors.LxdError.from(error)).toBe(error);
    for (const each of [new Error("x"), undefined, null, { code: "conflict" }]) {
      expect((each as unknown) instanceof errors.LxdError).toBe(false);
    }
  });
});
